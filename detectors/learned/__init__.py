"""What is usual in one home: how long nobody moves in it, by time of day, learned from its own past."""
