"""A home's own clock: where a rule speaks of day and night, and nowhere else."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts import WatchedHome


def day_of(at: datetime, home: WatchedHome) -> date:
    """Tell the day of a moment where the home is."""
    return at.astimezone(ZoneInfo(home.timezone)).date()


def is_between(at: datetime, home: WatchedHome, first: int, last: int) -> bool:
    """Tell whether the clock stands from one hour up to, not at, another, over midnight."""
    hour = at.astimezone(ZoneInfo(home.timezone)).hour
    return hour >= first or hour < last


def moment_on(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Tell when a clock stands so on a day, also on one of 23 or 25 hours."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def moment_after(day: date, length: timedelta, home: WatchedHome) -> datetime:
    """Tell when the home's clock stands so long after midnight."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return moment_on(day, time(hours % 24, minutes), ZoneInfo(home.timezone))
