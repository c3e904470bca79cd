"""The sheet of a case that is read out or handed to 119."""
