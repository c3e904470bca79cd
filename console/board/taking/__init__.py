"""Taking the next case, and many small ones at once."""
