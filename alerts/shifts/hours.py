"""When the shifts of a centre end, by its own clock, and which one ended without a signature."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

#: The clock on the centre's wall.
ZONE: Final = ZoneInfo("Asia/Seoul")
#: A signature counts for the end of a shift from so long before it.
EARLY: Final = timedelta(minutes=60)
_DAY: Final = timedelta(days=1)


class BadShifts(Exception):
    """The setting names no times of the clock; the message says how it is written."""


def read_shifts(text: str) -> tuple[time, ...]:
    """Read `06:00,14:00,22:00`; empty: no shifts are kept. Raise BadShifts."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", part):
            raise BadShifts(f"{part}: DOLBOM_ALERTS_SHIFTS is written like 06:00,14:00,22:00")
    return tuple(sorted({time.fromisoformat(part) for part in parts}))


def last_change(shifts: tuple[time, ...], now: datetime) -> datetime | None:
    """Tell when the present shift began; None: no shifts are kept."""
    return max((at for at in _around(shifts, now) if at <= now), default=None)


def next_change(shifts: tuple[time, ...], now: datetime) -> datetime | None:
    """Tell when the present shift ends."""
    return min((at for at in _around(shifts, now) if at > now), default=None)


def unsigned_since(shifts: tuple[time, ...], signed_at: datetime | None, now: datetime) -> datetime | None:
    """Tell which end of a shift has no signature; None: it has one, or no shifts are kept."""
    ended = last_change(shifts, now)
    if ended is None or (signed_at is not None and signed_at >= ended - EARLY):
        return None
    return ended


def _around(shifts: tuple[time, ...], now: datetime) -> list[datetime]:
    today = now.astimezone(ZONE).date()
    days = (today - _DAY, today, today + _DAY)
    return [datetime.combine(day, at, tzinfo=ZONE).astimezone(UTC) for day in days for at in shifts]
