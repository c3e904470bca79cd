"""The spans of time that a supervisor may choose, by the clock on the centre's wall."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from console.spans import ZONE

#: What is chosen by name; any other word is a month, as 2026-11.
NAMED: Final = ("today", "week", "month", "before")
_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
#: So many months lie in the chooser.
MONTHS: Final = 13


@dataclass(frozen=True, kw_only=True)
class Period:
    """A span of time; its end is left out."""

    key: str
    from_at: datetime
    until_at: datetime


def period_of(key: str, now: datetime) -> Period:
    """Find a span by its name; what nobody knows is the present month."""
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = _day(today.date() + timedelta(days=1))
    match key:
        case "today":
            return Period(key=key, from_at=today, until_at=tomorrow)
        case "week":
            return Period(key=key, from_at=_day(today.date() - timedelta(days=6)), until_at=tomorrow)
        case "before":
            return _month(key, month_before(today.date()))
    month = month_of(key)
    return _month(key, month) if month else _month("month", today.date().replace(day=1))


def month_of(text: str) -> date | None:
    """Read a month as 2026-11; None when it is none."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def month_span(first: date) -> tuple[datetime, datetime]:
    """Tell when a month begins and when the next one does."""
    return _day(first), _day(month_after(first))


def month_before(day: date) -> date:
    """Tell the first day of the month before this day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(day: date) -> date:
    """Tell the first day of the month after this day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_until(now: datetime) -> list[date]:
    """List the months that may be chosen, the present one first."""
    found = [now.astimezone(ZONE).date().replace(day=1)]
    while len(found) < MONTHS:
        found.append(month_before(found[-1]))
    return found


def _month(key: str, first: date) -> Period:
    from_at, until_at = month_span(first)
    return Period(key=key, from_at=from_at, until_at=until_at)


def _day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
