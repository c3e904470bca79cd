"""What remains after alerts are resolved: follow-ups to be done, and files that a supervisor must read."""
