"""Break-glass: a record outside one's districts is opened for an hour, with a reason that supervisors read."""
