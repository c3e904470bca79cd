"""Backups, brought back; releases, one beside the other."""
