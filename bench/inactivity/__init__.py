"""inactivity-bench v1: how soon a collapse is found, and how often nothing was wrong, on recorded homes."""
