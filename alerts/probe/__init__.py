"""A press that nobody made, each minute, on the way of every press: until it has become a call."""
