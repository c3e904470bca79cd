"""What a home's page asks of history: the newest word of each sensor, and when somebody last moved."""
