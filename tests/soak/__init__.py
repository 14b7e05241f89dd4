"""`python -m tests.soak entry`: many writers at once, a portal that is killed meanwhile, and the proof that nothing is lost."""
