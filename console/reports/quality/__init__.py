"""The sample of cases that are read again: who is in it nobody chooses, and what was said of each only grows."""
