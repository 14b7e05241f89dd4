"""A table of a report before it becomes a page or a file."""
