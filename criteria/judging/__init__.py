"""Stored values made into verdicts and summaries."""
