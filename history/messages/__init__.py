"""The last messages of each gateway as they came, in rings that never grow."""
