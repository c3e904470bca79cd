"""Accounts of the console: who may sign in, what they are, and which districts they see."""
