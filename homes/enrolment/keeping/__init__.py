"""The keeper beside the broker: it signs, tells the broker who is let in, and cuts whom it must not hear."""
