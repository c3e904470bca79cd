"""What was seen, found and done, recorded once each, and the questions that the pages ask of it."""

from history.cells import Cell

__all__ = ["Cell"]
