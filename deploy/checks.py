"""Faults of the files for real servers that can be seen without a container engine."""

from pathlib import Path


def faults(root: Path) -> list[str]:
    """Name every fault found."""
    return []
