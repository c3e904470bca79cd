"""Whether a moment lies in some hours of the week, by the local clock; and whose shift it is."""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays
from babel.core import get_global

from homes.model import Hours, Shift

_NINE: Final = time(9)
_SIX: Final = time(18)
_FRIDAY: Final = 4


def open_at(hours: Iterable[Hours], at: datetime, timezone: str) -> bool:
    """Tell whether a moment lies in one of these spans; without any span it always does."""
    spans = tuple(hours)
    if not spans:
        return True
    local = at.astimezone(ZoneInfo(timezone))
    minute = local.hour * 60 + local.minute
    return any(_covers(span, local.weekday(), minute) for span in spans)


def _covers(span: Hours, day: int, minute: int) -> bool:
    if span.from_minute < span.until_minute:
        return day in span.days and span.from_minute <= minute < span.until_minute
    # It goes past midnight, and belongs to the day on which it begins.
    began_today = day in span.days and minute >= span.from_minute
    return began_today or ((day - 1) % 7 in span.days and minute < span.until_minute)


def shift_at(at: datetime, timezone: str) -> Shift:
    """Tell whose part of the week it is: the office's by day, the centre's at night and on public holidays."""
    local = at.astimezone(ZoneInfo(timezone))
    if local.weekday() > _FRIDAY or not _NINE <= local.time() < _SIX:
        return Shift.NIGHT
    return Shift.NIGHT if local.date() in _holidays(timezone, local.year) else Shift.DAY


@lru_cache(maxsize=64)
def _holidays(timezone: str, year: int) -> frozenset[date]:
    """List the public holidays of a year in the country whose clocks show this time."""
    country = get_global("zone_territories").get(timezone, "")
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))
