"""Beds and chairs: what one said at the newest moments, in a row of twice the microseconds since 1970 and one if taken.

Of two words on one moment "taken" counts, whichever came first.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from detectors.rows import Row, numbers_in, row_of

#: So many of the newest samples of a bed or a chair are kept, to see a change among them.
SAMPLES: Final = 32
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def with_sample(row: Row, at: datetime, *, occupied: bool) -> Row:
    """Note what was said at a moment."""
    samples = {number | 1: number for number in numbers_in(row)}
    word = _number(at, occupied=occupied)
    samples[word | 1] = max(word, samples.get(word | 1, word))
    return row_of(tuple(sorted(samples.values())[-SAMPLES:]))


def row_of_samples(samples: Mapping[datetime, bool]) -> Row:
    """Write what was said at some moments."""
    return row_of(tuple(sorted(_number(at, occupied=occupied) for at, occupied in samples.items())))


def last_change(row: Row) -> datetime | None:
    """Tell when a bed or a chair last changed."""
    for after, before in pairwise(reversed(numbers_in(row))):
        if after & 1 != before & 1:
            return _moment(after)
    return None


def empty_after(row: Row, taken: datetime) -> datetime | None:
    """Tell when it was first said to be empty after a moment."""
    numbers = (number for number in numbers_in(row) if not number & 1)
    return next((moment for number in numbers if (moment := _moment(number)) > taken), None)


def _number(at: datetime, *, occupied: bool) -> int:
    return ((at - _EPOCH) // _MICROSECOND) << 1 | occupied


def _moment(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number >> 1)
