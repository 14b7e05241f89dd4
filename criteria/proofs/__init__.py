"""Whether what is stored still agrees: summaries with values, the log with its chain."""
