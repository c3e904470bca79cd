"""A home's habits: its past silences, how much of each hour somebody was up, and the limits fitted to them.

Once a day the slots of the day that has passed are digested: the order of arrival, a repeat, or a reading that came
hours late has changed nothing but bits in a set, and a silence that was not observed is not learned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

import msgspec

from detectors.learned.slots import SLOTS_IN_DAY, SLOTS_IN_HOUR
from detectors.observed import Slots, count

#: How busy the last hour was (three kinds), and whether the front door moved just before (two).
CELLS: Final = 6
HOURS: Final = 24
#: A silence counts from here on (30 min), and to here (24 h: longer is a holiday, a hospital, or a broken sensor).
LEAST_SLOTS: Final = 6
MOST_SLOTS: Final = SLOTS_IN_DAY - 1
#: So many days are remembered, of at most so many silences; the newest stay.
DAYS: Final = 60
SILENCES: Final = 600
#: The front door counts for so many slots (600 s) after it moved.
_DOOR_SLOTS: Final = 2
#: The last hour is quiet up to so many slots with movement, and busy above so many.
_QUIET, _BUSY = 2, 5
_SILENCE: Final = Struct("<IHBBh")
_TABLE: Final = Struct(f"<{CELLS * HOURS}H")
_LARGEST: Final = 65_535
SCORE_UNIT: Final = 1000
_LARGEST_SCORE: Final = 32_000


#: Start, length, cell, half hour, and score in thousandths.
Entry = tuple[int, int, int, int, int]


class Habits(msgspec.Struct, array_like=True, gc=False):
    """What one home has taught. Mutable, like the state of its home; about 6 kB when it is full."""

    #: The first slot that was seen, and the first that is not digested yet.
    since: int
    until: int
    #: The newest slot with movement that was digested; 0: none.
    last: int = 0
    #: Days that `up` holds.
    days: float = 0.0
    #: Packed silences, oldest first.
    silences: bytes = b""
    #: By cell and hour: tenths of slots in which somebody was up.
    up: bytes = b""
    #: By cell and hour, in units of 10 s: the fitted limit, and the scale on which it is stretched.
    limits: bytes = b""
    scales: bytes = b""
    #: How far the limits are stretched, in scales, for the alarm and for the soft check; None: not fitted yet.
    alarm: float | None = None
    check: float | None = None


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A while without movement in the past."""

    #: The slot of the movement before it, and its length in slots.
    start: int
    length: int
    cell: int
    #: The local hour in which it began, and that hour's half.
    half_hour: int
    #: How far it went beyond the limit of its time, in scales.
    score: float


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a home has shown of late, as sets of slots: movement, the front door, and that it was observed at all."""

    active: Slots
    doors: Slots
    observed: Slots
    #: From which slot to which passive watching rested: what lies there teaches nothing.
    rested: tuple[tuple[int, int], ...] = ()


def cell_at(seen: Seen, slot: int) -> int:
    """Tell what came before a movement: how busy the last hour was, and whether the front door had moved."""
    busy = count(seen.active, slot - SLOTS_IN_HOUR, slot)
    act = 0 if busy <= _QUIET else 1 if busy <= _BUSY else 2
    return act + (3 if count(seen.doors, slot - _DOOR_SLOTS, slot) else 0)


def entries(habits: Habits) -> list[Entry]:
    """Unpack the past silences as they are kept, oldest first: quick, for the fit."""
    return list(_SILENCE.iter_unpack(habits.silences))


def silences_of(habits: Habits) -> list[Silence]:
    """Unpack the past silences, oldest first."""
    return [
        Silence(start=start, length=length, cell=cell, half_hour=half_hour, score=score / SCORE_UNIT)
        for start, length, cell, half_hour, score in entries(habits)
    ]


def packed(silence: Silence) -> bytes:
    """Write a silence as it is kept."""
    score = round(silence.score * SCORE_UNIT)
    bounded = max(-_LARGEST_SCORE, min(_LARGEST_SCORE, score))
    return _SILENCE.pack(silence.start, silence.length, silence.cell, silence.half_hour, bounded)


def newest(silences: bytes, since: int) -> bytes:
    """Keep the silences that began at a slot or later, and no more of them than may be kept."""
    first = next((at for at, entry in enumerate(_SILENCE.iter_unpack(silences)) if entry[0] >= since), SILENCES)
    kept = silences[first * _SILENCE.size :]
    return kept[-SILENCES * _SILENCE.size :]


def table_of(written: bytes) -> Sequence[int]:
    """Read a table by cell and hour; one that was never written is all zero."""
    return _TABLE.unpack(written) if written else (0,) * (CELLS * HOURS)


def written(table: Iterable[float]) -> bytes:
    """Write a table by cell and hour, in whole units."""
    return _TABLE.pack(*(min(_LARGEST, max(0, round(value))) for value in table))
