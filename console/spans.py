"""Spans of time as people read them: countdowns, and how long ago."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.words import Words

#: The clock on the centre's wall.
ZONE: Final = ZoneInfo("Asia/Seoul")


def countdown(left: timedelta) -> str:
    """Write the time left as mm:ss or h:mm:ss; what is past wears a plus sign."""
    seconds = int(left.total_seconds())
    sign, seconds = ("+", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02}:{seconds:02}" if hours else f"{sign}{minutes:02}:{seconds:02}"


def span(words: Words, length: timedelta) -> str:
    """Write a length in the two largest units that matter."""
    minutes, seconds = divmod(max(0, int(length.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return words("span.hours_minutes", hours=hours, minutes=minutes) if minutes else words("span.hours", n=hours)
    return words("span.minutes", n=minutes) if minutes else words("span.seconds", n=seconds)


def clock_time(at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """Write a moment as a wall clock shows it, with the date when it is not today's."""
    local = at.astimezone(zone)
    today = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M:%S}" if today else f"{local:%m.%d %H:%M}"
