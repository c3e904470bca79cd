"""What a reader wants to see of the board: a section, a dong, what a word names. No choice hides what is grave."""
