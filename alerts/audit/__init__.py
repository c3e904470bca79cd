"""The service looks at itself: what is wrong with it, whom that wakes, and whether a press still becomes a call."""
