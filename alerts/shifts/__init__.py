"""Shifts of a centre: when they end, what is in an operator's hands then, and how it goes to the next in one step."""
