"""What vendors' fields mean to us, read from data files, so that a new device needs no code."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiles:
    """The fields of all vendors that we know."""
