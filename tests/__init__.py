"""What the house promises, written as sentences that can fail."""
