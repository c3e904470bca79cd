"""The bridge beside what a user would take instead: the same messages, brokers, machine and run."""
