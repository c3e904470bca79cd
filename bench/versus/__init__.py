"""Dolbom beside what a user would build instead: the same street, the same scenes, the same brokers, one table."""
