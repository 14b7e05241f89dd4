"""Tables as files: xlsx and docx."""
