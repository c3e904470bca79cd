"""One's own account: password, PIN, second factor."""
