"""What the commands of this package share at a terminal."""
