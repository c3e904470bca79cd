"""Backups of the database and of what stands beside it: made, tried, thinned out, and brought back."""
