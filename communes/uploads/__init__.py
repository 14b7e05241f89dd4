"""Files that people send: what is refused before anything reads them."""
