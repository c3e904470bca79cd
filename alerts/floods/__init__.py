"""More alerts than those on duty can look at: when it began, when it was over. Nothing is hidden by it."""
