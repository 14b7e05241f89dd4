"""The change log as it is read."""
