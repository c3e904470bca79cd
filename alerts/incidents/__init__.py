"""Incidents: what many homes lost at once for one cause, gathered into one case with a list of homes."""
