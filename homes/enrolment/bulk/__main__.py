"""`enrol import`: claim codes for a table of homes, with a word on each row."""

from pathlib import Path


def import_table(file: Path) -> None:
    """Make codes."""
