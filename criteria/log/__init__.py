"""The change log: its chain of hashes and the triggers that keep it append-only."""
