"""The map: a tile for each dong, coloured only where something is wrong, with a table that says the same."""
