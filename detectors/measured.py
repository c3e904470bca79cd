"""What is remembered of what sensors measure: air, power, water, heart and breath; doors, checks and doses.

Part of HomeState, and mutable as it is: a home without such a sensor keeps nothing. It comes out the same whatever the
order and the repeats of readings. What came late is kept apart where it must not cancel what is known live.
"""

from datetime import UTC, datetime, timedelta
from math import ceil, floor, log2
from typing import Final

import msgspec

from contracts import ReadingId, SensorId
from detectors.nothing import NOTHING
from detectors.rows import Row, last_is_odd, numbers_in
from detectors.tracks import HIGHEST, Track, heard_in

#: Air, power and water are kept in steps of five minutes for twelve hours,
STEP_SECONDS: Final = 300
STEPS: Final = 144
#: heart and breath in minutes for an hour,
MINUTE_SECONDS: Final = 60
MINUTES: Final = 60
#: and what is usual, in hours of a week.
HOUR_SECONDS: Final = 3600
HOURS: Final = 168
#: So many of the newest words of the air are kept as they are, to see how fast it changes.
RECENT: Final = 6
#: So many of the newest words of a door, of unanswered checks and of doses that were left are kept.
WORDS: Final = 12
#: What is usual needs three days of hours, and leaves out the rarest, and the newest: they may be what is wrong.
LEAST_HOURS: Final = 72
LEFT_OUT_HOURS: Final = 3
RARE_SHARE: Final = 0.02
#: A degree has two levels, and the lowest level is -20 degrees; a power that doubles has twenty.
_COLDEST: Final = -20
_OCTAVE: Final = 20
#: Hundredths of what a sensor of air may say, either side of zero, beside a moment in one number.
_VALUE_BITS: Final = 16
_VALUE_MASK: Final = (1 << _VALUE_BITS) - 1
_ZERO: Final = 1 << _VALUE_BITS - 1
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Sample(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """One word of a sensor that measures."""

    at: datetime
    reading_id: ReadingId
    sensor_id: SensorId
    value: float
    received_at: datetime
    late: bool

    @property
    def age(self) -> timedelta | None:
        """Tell how old it was when it came, when it came late."""
        return self.received_at - self.at if self.late else None


class Gauge(msgspec.Struct, array_like=True, gc=False):
    """What one sensor measured."""

    newest: Sample
    #: The newest that was not late.
    live: Sample | None = None
    steps: Track | None = None
    #: The hours of the last week.
    hours: Track | None = None
    #: The least and the most that is usual, once enough hours are known.
    usual: tuple[int, int] | None = None
    #: The newest words (`recent_words`).
    recent: Row = b""


class Meter(msgspec.Struct, array_like=True, gc=False):
    """What one water meter counted; either of its words may be missing."""

    heard_at: datetime
    gauge: Gauge | None = None
    used_at: datetime | None = None
    used_live: datetime | None = None
    #: The newest count in tenths of a litre, and when it was last another.
    counted_at: datetime | None = None
    count: int = 0
    other_at: datetime | None = None


class Words(msgspec.Struct, array_like=True, gc=False):
    """The newest words of something that is on or off: twice the milliseconds since 1970, and one when it is on."""

    live: Row = b""
    #: The newest "off" that came late.
    late_off: int = 0
    #: Who said the newest live "on".
    on: Sample | None = None

    @property
    def is_on(self) -> bool:
        """Tell whether the newest live word is "on"."""
        return last_is_odd(self.live)


class Measured(msgspec.Struct, array_like=True, gc=False, omit_defaults=True):
    """All that a home's sensors measured."""

    air: dict[str, Gauge] = msgspec.field(default=NOTHING)
    power: dict[str, Gauge] = msgspec.field(default=NOTHING)
    water: dict[str, Meter] = msgspec.field(default=NOTHING)
    heart: dict[str, Gauge] = msgspec.field(default=NOTHING)
    breath: dict[str, Gauge] = msgspec.field(default=NOTHING)
    doors: dict[str, Words] = msgspec.field(default=NOTHING)
    #: A check that was not answered is "on", an answer is "off"; so is a dose that was left, and one that was taken.
    checks: Words | None = None
    doses: dict[str, Words] = msgspec.field(default=NOTHING)
    #: The newest live word of each kind that somebody said when the home was asked: fine, help.
    answers: dict[str, Sample] = msgspec.field(default=NOTHING)
    #: A device's own test that failed is "on", one that it passed is "off".
    tests: dict[str, Words] = msgspec.field(default=NOTHING)


def cold_level(celsius: float) -> int:
    """Place a temperature on the scale so that a whole or half limit is reached exactly when it is."""
    return within(floor((celsius - _COLDEST) * 2))


def hot_level(celsius: float) -> int:
    """Place a temperature on the scale so that a whole or half limit is passed exactly when it is."""
    return within(ceil((celsius - _COLDEST) * 2))


def watt_level(watts: float) -> int:
    """Place a power on a scale on which each doubling is as long."""
    return within(floor(_OCTAVE * log2(1 + max(watts, 0.0))))


def watts_of(level: int) -> float:
    """Tell the least power of a level."""
    return float(2 ** (level / _OCTAVE)) - 1


def hundredths_before(gauge: Gauge, word: Sample) -> list[tuple[timedelta, float]]:
    """List how long before a word each of the newest others was, and what it said."""
    at = (word.at - EPOCH) // timedelta(milliseconds=1)
    return [(timedelta(milliseconds=at - before), value / 100) for before, value in recent_words(gauge) if before < at]


def recent_words(gauge: Gauge) -> list[tuple[int, int]]:
    """List the newest words, oldest first, in milliseconds since 1970 and hundredths."""
    return [(number >> _VALUE_BITS, (number & _VALUE_MASK) - _ZERO) for number in numbers_in(gauge.recent)]


def recent_number(milliseconds: int, hundredths: int) -> int:
    """Write a word as a number, so that the later and among equals the greater is the greater number."""
    return (milliseconds << _VALUE_BITS) + hundredths + _ZERO


def usual_of(hours: Track) -> tuple[int, int] | None:
    """Tell what a rate was in almost all hours of the last week; None: it is not known for long enough."""
    lows, highs = heard_in(hours.low[LEFT_OUT_HOURS:]), heard_in(hours.high[LEFT_OUT_HOURS:])
    if len(lows) < LEAST_HOURS:
        return None
    rare = int(len(lows) * RARE_SHARE)
    return lows[rare], highs[-1 - rare]


def moment_of(word: int) -> datetime:
    """Tell the moment of a word that is on or off."""
    return EPOCH + timedelta(milliseconds=word >> 1)


def standing_words(words: Words, after: int = 0) -> tuple[int, ...]:
    """List the words "on" since the last live "off" and not before another, oldest first; of equals "on" counts."""
    live = numbers_in(words.live)
    first = len(live)
    while first and live[first - 1] & 1:
        first -= 1
    return tuple(word for word in live[first:] if word >= after)


def within(level: int) -> int:
    """Keep a level on its scale."""
    return max(0, min(level, HIGHEST))
