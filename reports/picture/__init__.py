"""A year as it is read: units, summaries and the figures counted from them."""
