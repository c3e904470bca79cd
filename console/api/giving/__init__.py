"""Tokens given and taken back: at the terminal and on a page."""
