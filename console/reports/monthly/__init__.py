"""The month's report of a dong or of all of them, as PDF and CSV, for the centre and for others."""
