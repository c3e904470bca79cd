"""The times that devices write, read without ever failing loudly."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant(written: object) -> datetime | None:
    """Read ISO 8601 with an offset, or milliseconds since 1970; None when it is neither."""
    match written:
        case bool():
            return None
        case int() | float():
            return _after_epoch(written / 1000) if abs(written) < 1e16 else None
        case str():
            return _iso(written)
        case _:
            return None


def from_seconds(seconds: float) -> datetime | None:
    """Read seconds since 1970; None when no calendar holds them."""
    return _after_epoch(seconds)


def _after_epoch(seconds: float) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        # A local time without its offset could be any of 24 hours: that is not a time.
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (OverflowError, ValueError):
        return None
