"""Readings for other systems: as files, and vital signs as FHIR observations."""
