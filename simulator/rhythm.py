"""A resident's day: which room, from when until when, and how restlessly."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from simulator.dice import between, roll

OUT: Final = "out"


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A while in one room, or out of the home."""

    room: str
    from_at: datetime
    until_at: datetime
    #: Minutes between two movements, on average.
    restless: float


@dataclass(frozen=True, kw_only=True)
class _Part:
    room: str
    least: float
    most: float
    restless: float
    #: How often a day has this part at all.
    share: float = 1.0


#: From waking to going to bed. Older people living alone are at home for most of the day, eat three times at
#: steady hours, and are still for an hour or two several times a day (nap, television).
_WAKING: Final = (
    _Part(room="bathroom", least=8, most=20, restless=3),
    _Part(room="kitchen", least=30, most=60, restless=4),
    _Part(room="living", least=60, most=140, restless=11),
    _Part(room=OUT, least=45, most=170, restless=0, share=0.6),
    _Part(room="bathroom", least=5, most=12, restless=3),
    _Part(room="kitchen", least=40, most=70, restless=4),
    _Part(room="bedroom", least=40, most=95, restless=35, share=0.55),
    _Part(room="living", least=90, most=150, restless=12),
    _Part(room=OUT, least=20, most=80, restless=0, share=0.3),
    _Part(room="bathroom", least=5, most=12, restless=3),
    _Part(room="kitchen", least=45, most=80, restless=4),
)


def stays_of(seed: int, day: date, timezone: str) -> tuple[Stay, ...]:
    """Tell where a resident is from waking on this day until waking on the next."""
    bed_at = _at(day, timezone, between(20.8, 22.8, seed, "bed", day.isoformat()))
    return (*_waking(seed, day, timezone, bed_at), *_night(seed, day, bed_at, _wakes_at(seed, _next(day), timezone)))


def _wakes_at(seed: int, day: date, timezone: str) -> datetime:
    usual = between(5.0, 6.8, seed, "wake")
    return _at(day, timezone, usual + between(-0.4, 0.5, seed, "wake", day.isoformat()))


def _waking(seed: int, day: date, timezone: str, bed_at: datetime) -> Iterator[Stay]:
    at = _wakes_at(seed, day, timezone)
    for number, part in enumerate(_WAKING):
        label = (seed, "part", number, day.isoformat())
        if roll(*label, "share") >= part.share:
            continue
        until = min(bed_at, at + timedelta(minutes=between(part.least, part.most, *label)))
        if until > at:
            yield Stay(room=part.room, from_at=at, until_at=until, restless=part.restless)
        at = until
    yield Stay(room="living", from_at=at, until_at=bed_at, restless=12)


def _night(seed: int, day: date, bed_at: datetime, wakes_at: datetime) -> Iterator[Stay]:
    """Sleep is interrupted one to three times: that is what keeps a plausible night under the limits of stillness."""
    visits = 1 + int(between(0, 3, seed, "visits", day.isoformat()))
    asleep_at = bed_at + timedelta(minutes=15)
    yield Stay(room="bedroom", from_at=bed_at, until_at=asleep_at, restless=4)
    part = (wakes_at - asleep_at) / (visits + 1)
    for visit in range(1, visits + 1):
        shift = between(-0.2, 0.2, seed, "visit", visit, day.isoformat())
        up_at = asleep_at + part * (visit + shift)
        back_at = up_at + timedelta(minutes=between(4, 9, seed, "away", visit, day.isoformat()))
        yield Stay(room="bathroom", from_at=up_at, until_at=back_at, restless=2)
        yield Stay(room="bedroom", from_at=back_at, until_at=back_at + timedelta(minutes=6), restless=3)


def _at(day: date, timezone: str, hours: float) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)) + timedelta(hours=hours)


def _next(day: date) -> date:
    return day + timedelta(days=1)
