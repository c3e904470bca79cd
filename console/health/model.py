"""A device's trouble, and the visit that mends it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One trouble of one home."""

    alert_id: str
    home_id: str
    kind: str
    since: datetime
    dong: str
    evidence: dict[str, Any]
    #: Nobody would notice now if the resident needed help.
    unprotected: bool
    job_id: int | None
    engineer: str | None
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A visit that is still to be made."""

    job_id: int
    home_id: str
    kinds: list[str]
    engineer: str
    due_on: date
