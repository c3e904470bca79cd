"""What a person can check: the longest silence of the last weeks that began at this hour."""

from datetime import timedelta
from typing import Final

from detectors.learned.habits import HOURS, LEAST_SLOTS, Habits, silences_of
from detectors.learned.slots import SLOTS_IN_DAY
from detectors.observed import SLOT

#: Who was seen for fewer days has no usual yet.
LEAST_DAYS: Final = 7.0
#: What is usual is what the last four weeks have shown, within an hour and a half of this time of day.
_WEEKS_SLOTS: Final = 28 * SLOTS_IN_DAY
_NEAR_HALF_HOURS: Final = 3


def known(habits: Habits | None) -> bool:
    """Tell whether a home has shown enough for limits of its own."""
    return habits is not None and habits.days >= LEAST_DAYS and bool(habits.limits)


def usual_longest(habits: Habits, hour: float) -> timedelta:
    """Tell the longest silence of the last weeks that began near this hour; half an hour when none was as long."""
    begins = habits.until - _WEEKS_SLOTS
    lengths = [
        silence.length
        for silence in silences_of(habits)
        if silence.start >= begins and _apart(silence.half_hour, int(hour * 2)) <= _NEAR_HALF_HOURS
    ]
    return SLOT * max(lengths, default=LEAST_SLOTS)


def _apart(one: int, other: int) -> int:
    apart = abs(one - other)
    return min(apart, 2 * HOURS - apart)
