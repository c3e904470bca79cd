"""The pages of what many homes have in common: incidents, and the homes that are not protected now."""
