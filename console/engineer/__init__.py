"""The engineers' pages: what a gateway says, and the proof of every sensor."""
