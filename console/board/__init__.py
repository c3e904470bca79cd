"""The live board: what an operator sees and does."""
