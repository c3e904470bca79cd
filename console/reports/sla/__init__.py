"""How fast people were answered, beside the targets, and each answer that came late with its reason."""
