"""A case is offered to a colleague: it is theirs when they say yes, and stays with the giver until then."""
