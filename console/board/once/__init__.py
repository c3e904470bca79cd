"""A press that is sent twice is done once."""
