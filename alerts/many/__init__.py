"""Many events at once: what they are about is loaded together, decided one after the other, and written together."""
