"""Entering a year: the grid, the form of one commune, the progress and the steps."""
