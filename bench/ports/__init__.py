"""Everything that listens, and what is thrown at it."""
