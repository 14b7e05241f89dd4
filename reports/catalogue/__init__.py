"""The reports: the registry, and what each is made from."""
