"""Who may come in: policies of pages, signing in, the second factor, sessions."""
