"""Links that somebody made up: a few are answered as any other, then nothing is looked up for them."""
