"""A pretend home's gateway."""
