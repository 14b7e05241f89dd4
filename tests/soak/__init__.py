"""`python -m tests.soak entry`: many writers at once, the portal killed meanwhile, the proof that nothing is lost."""
