"""A vital sign as it was measured, and where a page of them ended."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Vital:
    """One measured vital sign."""

    at: datetime
    reading_id: bytes
    #: The field of the reading: `breath_per_minute` or `heart_per_minute`.
    name: str
    value: float
    sensor: str
    received_at: datetime
    late: bool
    clock_doubted: bool


@dataclass(frozen=True, kw_only=True)
class AfterVital:
    """The last vital sign of the page before."""

    at: datetime
    reading_id: bytes
    name: str
