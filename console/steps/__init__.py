"""The script of an alert: what to do next, the words to say, and where each answer leads."""
