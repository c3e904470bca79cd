"""A small gateway for a real home: it hears the broker in the home, and forwards to ours what it keeps on disk."""
