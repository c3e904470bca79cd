"""What Dolbom is made of, and whether any of it has a known weakness."""
