"""The feed of the board, and the rows that a page asks for at once."""
