"""Digest what a home has shown: silences that are over, and the hours in which somebody was up."""

from typing import Final
from zoneinfo import ZoneInfo

from detectors.learned.habits import (
    DAYS,
    HOURS,
    LEAST_SLOTS,
    MOST_SLOTS,
    Habits,
    Seen,
    Silence,
    cell_at,
    newest,
    packed,
    table_of,
    written,
)
from detectors.learned.limits import base_at
from detectors.learned.slots import SLOTS_IN_DAY, each, hours_of
from detectors.observed import SLOT, count

#: Somebody is up in the slot of a movement and in the next.
_UP_SLOTS: Final = 2
UP_UNIT: Final = 10
#: A silence of which more was not observed is not known to be one.
_UNOBSERVED_SLOTS: Final = 2


def digest(habits: Habits, seen: Seen, zone: ZoneInfo, until: int) -> None:
    """Take in all slots before `until`; a silence that still lasts waits for its end."""
    up = list(table_of(habits.up))
    silences: list[bytes] = []
    moved = list(each(seen.active, habits.until, until - 1))
    begins = [habits.last, *moved[:-1]] if habits.last and moved else moved[:-1]
    for start, hour, slot in zip(begins, hours_of(begins, zone), moved[len(moved) - len(begins) :], strict=True):
        silence = _take(habits, seen, start, hour, slot - start, up)
        if silence is not None:
            silences.append(packed(silence))
    habits.last = moved[-1] if moved else habits.last
    habits.days += count(seen.observed, habits.until, until - 1) / SLOTS_IN_DAY
    if habits.days > DAYS:
        up, habits.days = [round(value * DAYS / habits.days) for value in up], float(DAYS)
    habits.up = written(up)
    habits.silences = newest(habits.silences + b"".join(silences), until - DAYS * SLOTS_IN_DAY)
    habits.until = until


def _take(habits: Habits, seen: Seen, start: int, hour: float, length: int, up: list[int]) -> Silence | None:
    """Note that somebody was up after a movement; answer the silence until the next."""
    cell = cell_at(seen, start)
    up[cell * HOURS + int(hour)] += UP_UNIT * min(length, _UP_SLOTS)
    if not LEAST_SLOTS <= length <= MOST_SLOTS:
        return None
    if length - count(seen.observed, start, start + length - 1) > _UNOBSERVED_SLOTS:
        return None
    if any(first < start + length and last > start for first, last in seen.rested):
        return None
    limit, scale = base_at(habits, cell, hour)
    score = (length * SLOT.total_seconds() - limit) / scale
    return Silence(start=start, length=length, cell=cell, half_hour=int(hour * 2), score=score)
