"""The diary of a home: what each day was like, in four bytes, for sixty days, worked out when a day is over.

A day lasts from four to four o'clock by the home's own clock, when people sleep and nobody is out, and is closed two
hours later, so that what comes late still counts. A day that was not observed, or rested under a hold, is left blank.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise, zip_longest
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from contracts import WatchedHome
from detectors.local_time import moment_on
from detectors.observed import observed_between
from detectors.rooms import BATHROOM, BED, BEDROOM, DOOR, INSIDE, KITCHEN
from detectors.state import HomeState
from detectors.ways import SLOT_SECONDS, Ways, seen_in

DAYS: Final = 60
_BYTES: Final = 4
#: Blank: not observed, or under a hold.
_BLANK: Final = b"\xff\xff\xff\xff"
DAWN: Final = time(4)
_CLOSES: Final = time(6)
#: A weekly review is told on Monday morning, when those who read it are at work.
_REVIEW: Final = time(9)
_OBSERVED_SHARE: Final = 0.8
#: Somebody is up when three of the next six slots saw them.
_UP_SLOTS, _UP_WITHIN = 3, 6
#: Twenty minutes without anybody inside, after the door, are an outing.
_OUTING_SLOTS: Final = 2
_LONG_BATH: Final = (4, 5, 6)
#: Breakfast, lunch and dinner, in slots after dawn: from 5 to 10, from 11 to 14:30 and from 16:30 to 21 o'clock.
_MEALTIMES: Final = ((6, 36), (42, 63), (75, 102))
#: Somebody eats there when two slots of a mealtime saw them, or heard the door of the fridge.
_MEAL_SLOTS: Final = 2
_NOT_NOTED: Final = 0xFF


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one day was like."""

    #: How often somebody was seen in another room than before.
    changes: int
    #: Visits to the bathroom from 22 to 6 o'clock.
    toilets: int
    outings: int
    #: How long the longest outing was.
    longest_out: timedelta
    #: How long after dawn somebody was up; None: nobody was.
    woke: timedelta | None
    #: At how many of three mealtimes somebody was about in the kitchen; None: it was not noted.
    meals: int | None
    #: The longest stay in the bathroom, up to so many minutes: 50, 60, or 70 for more; nothing when it was short.
    long_bath: timedelta


def keep_diary(state: HomeState, home: WatchedHome, now: datetime) -> None:
    """Close the days that are over."""
    ways = state.ways
    if ways is None or (ways.closes_at is not None and now < ways.closes_at):
        return
    zone = ZoneInfo(home.timezone)
    today = now.astimezone(zone).date()
    if ways.closes_at is None:
        ways.closes_at = _after(now, today, zone)
        ways.day = ways.closes_at.astimezone(zone).date().toordinal() - 2
        return
    last = _closed(now, today, zone)
    for number in range(max(ways.day + 1, last - DAYS), last + 1):
        day = date.fromordinal(number)
        _close(state, ways, moment_on(day, DAWN, zone), moment_on(day + timedelta(days=1), DAWN, zone))
    del ways.days[: -DAYS * _BYTES]
    del ways.meals[:-DAYS]
    ways.day = last
    ways.closes_at = _after(now, today, zone)
    ways.review = _reviewed(last + 1, zone) or ways.review


def days_of(ways: Ways, newest: int, skipping: int = 0) -> list[Day]:
    """Read some of the newest days, newest first, but for those that are blank."""
    entries = [bytes(ways.days[place : place + _BYTES]) for place in range(0, len(ways.days), _BYTES)]
    # A home that was remembered before meals were has fewer of them.
    meals = zip_longest(entries[::-1], ways.meals[::-1], fillvalue=_NOT_NOTED)
    chosen = list(meals)[skipping : skipping + newest]
    return [_read(entry, eaten) for entry, eaten in chosen if isinstance(entry, bytes) and entry != _BLANK]


def highest(values: list[timedelta], share: float) -> timedelta:
    """Tell the value that so great a share of the others does not exceed (nearest rank)."""
    return sorted(values)[ceil(share * len(values)) - 1]


def _closed(now: datetime, today: date, zone: ZoneInfo) -> int:
    return today.toordinal() - (1 if now >= moment_on(today, _CLOSES, zone) else 2)


def _after(now: datetime, today: date, zone: ZoneInfo) -> datetime:
    closes = moment_on(today, _CLOSES, zone)
    return closes if now < closes else moment_on(today + timedelta(days=1), _CLOSES, zone)


def _reviewed(today: int, zone: ZoneInfo) -> datetime | None:
    day = date.fromordinal(today)
    return None if day.weekday() else moment_on(day, _REVIEW, zone)


def _close(state: HomeState, ways: Ways, began: datetime, ended: datetime) -> None:
    rested = state.rested_until is not None and state.rested_until > began
    if rested or observed_between(state.slots, began, ended) < (ended - began) * _OBSERVED_SHARE:
        ways.days += _BLANK
        ways.meals.append(_NOT_NOTED)
        return
    seen = seen_in(ways, int(began.timestamp()) // SLOT_SECONDS, int(ended.timestamp()) // SLOT_SECONDS)
    ways.days += _written(seen)
    ways.meals.append(sum(_ate(seen[first:last]) for first, last in _MEALTIMES))


def _written(seen: bytes) -> bytes:
    gaps = list(_gaps(seen))
    night = len(seen) // 24
    counts = min(_toilets(seen, night), 7) | min(len(gaps), 7) << 3 | _bath(seen) << 6
    return bytes((min(_changes(seen), 254), counts, _woke(seen), min(max(gaps, default=0), 255)))


def _ate(seen: bytes) -> bool:
    return sum(bool(place & KITCHEN) for place in seen) >= _MEAL_SLOTS


def _read(entry: bytes, meals: int) -> Day:
    changes, counts, woke, out = entry
    return Day(
        changes=changes,
        toilets=counts & 7,
        outings=counts >> 3 & 7,
        longest_out=timedelta(seconds=SLOT_SECONDS * out),
        woke=timedelta(seconds=SLOT_SECONDS * (woke - 1)) if woke else None,
        meals=None if meals == _NOT_NOTED else meals,
        long_bath=timedelta(minutes=(0, 50, 60, 70)[counts >> 6]),
    )


def _rooms(place: int) -> int:
    # A bed is in the bedroom.
    return (place | (BEDROOM if place & BED else 0)) & (INSIDE ^ BED)


def _changes(seen: bytes) -> int:
    rooms = [room for place in seen if (room := _rooms(place))]
    return sum((after & ~before).bit_count() for before, after in pairwise(rooms))


def _toilets(seen: bytes, hour: int) -> int:
    """Count visits in the two hours after dawn and from 22 o'clock on: eight hours of night."""
    first, last = 2 * hour, 18 * hour
    return sum(
        bool(after & BATHROOM and not before & BATHROOM)
        for slot, (before, after) in enumerate(pairwise(b"\x00" + seen))
        if slot < first or slot >= last
    )


def _woke(seen: bytes) -> int:
    noon = len(seen) // 3
    for slot in range(noon):
        if seen[slot] & INSIDE and sum(bool(one) for one in seen[slot : slot + _UP_WITHIN]) >= _UP_SLOTS:
            return slot + 1
    return 0


def _gaps(seen: bytes) -> Iterator[int]:
    """Tell the length of each outing: from a door until somebody is seen again."""
    left = None
    for slot, place in enumerate(seen):
        if not place:
            continue
        returned = left is not None and slot - left > _OUTING_SLOTS
        if left is not None and returned:
            yield slot - left
        # Whoever comes back through the door and is seen has not left again.
        left = slot if place & DOOR and not (returned and place & INSIDE) else None


def _bath(seen: bytes) -> int:
    longest, began = 0, None
    for slot, place in enumerate((*seen, INSIDE)):  # whoever is still there when the day ends stayed until then
        if not place:
            continue
        if place & ~BATHROOM:
            longest = max(longest, slot - began) if began is not None else longest
            began = None
        elif began is None:
            began = slot
    return sum(longest > limit for limit in _LONG_BATH)
