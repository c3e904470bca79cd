"""The fault campaign: what is pure in it, and a short one on the real cluster."""
