"""How fast the pages are that people work with."""
