"""Many homes at once, from a table."""
