"""`python -m tests.bench`: the ratios of speed that the portal promises (design, section 8), measured here and now."""
