"""Calls that do not get out through no fault of their contact: tried on, while the next are called."""
