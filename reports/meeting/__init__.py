"""Papers for a meeting: the pack, its letter, what was issued."""
