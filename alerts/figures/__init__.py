"""How fast people were answered and reached, and what was the matter: from the log, beside the targets."""
