"""Illustrative data for trials."""
