"""The operators' live board and the responders' page."""
