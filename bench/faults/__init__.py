"""The fault campaign: a cluster is broken in every way from one seed, and each press is followed to its end."""
