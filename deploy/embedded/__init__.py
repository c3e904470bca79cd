"""A whole stack from Python packages only: on loopback, in one folder, ended with the process that started it."""
