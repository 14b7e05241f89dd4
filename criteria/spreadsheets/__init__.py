"""Spreadsheet files: opening and reading them, the wide sheet, its stamp."""
