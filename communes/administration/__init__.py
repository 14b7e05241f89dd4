"""Who sees and changes what in the administration, and the import and export of its rows."""
