"""What came of calls, written down together: many calls end at the same moment."""
