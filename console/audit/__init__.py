"""The audit page: who looked at whom, when, from where and why, and whether anybody touched the log."""
