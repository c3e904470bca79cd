"""The load: a whole city through all services on one machine, until something gives way, and what that costs."""
