"""What the plumbing promises."""
