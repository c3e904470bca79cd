"""Tracks: the lowest and the highest word of a sensor in each step of time, one byte each, newest first.

Whatever the order and the repeats of readings, a track comes out the same; and it forgets from its far end.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

import msgspec

#: Nothing was heard in the step.
UNHEARD: Final = 255
#: The greatest level that a byte can hold beside that.
HIGHEST: Final = 254
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EMPTY: Final = bytes([UNHEARD])


class Track(msgspec.Struct, array_like=True, gc=False):
    """The levels of a sensor over time. Mutable, like the state of its home."""

    #: The number of the newest step since 1970.
    step: int
    low: bytearray
    high: bytearray


def began(step: int, every: int) -> datetime:
    """Tell when a step of so many seconds begins."""
    return _EPOCH + timedelta(seconds=step * every)


def marked(track: Track | None, step: int, low: int, high: int, size: int) -> Track:
    """Mark a step of a track that keeps so many."""
    if track is None:
        return Track(step, bytearray([low]), bytearray([high]))
    age = track.step - step
    if age < 0:
        _open(track, -age, size)
        track.step, age = step, 0
    elif age >= size:
        return track
    for levels in (track.low, track.high):
        if age >= len(levels):
            levels.extend(_EMPTY * (age + 1 - len(levels)))
    if track.low[age] == UNHEARD:
        track.low[age], track.high[age] = low, high
    else:
        track.low[age], track.high[age] = min(track.low[age], low), max(track.high[age], high)
    return track


def _open(track: Track, steps: int, size: int) -> None:
    for levels in (track.low, track.high):
        levels[:0] = _EMPTY * min(steps, size)
        del levels[size:]
        while levels[-1] == UNHEARD and len(levels) > 1:
            del levels[-1]


def standing(levels: bytearray, counts: Callable[[int], bool], most_unheard: int) -> int | None:
    """Tell the age in steps since when every word counted without a pause longer than so many steps; None: not now."""
    first, unheard = None, 0
    for age, level in enumerate(levels):
        if level == UNHEARD:
            unheard += 1
            if unheard > most_unheard:
                break
        elif counts(level):
            first, unheard = age, 0
        else:
            break
    return first


def longest(levels: bytes | bytearray, counts: Callable[[int], bool]) -> tuple[int, int]:
    """Tell the two longest rows of steps in which every word counted; a step that was not heard ends one."""
    rows = [
        0,
        0,
        *(len(list(row)) for on, row in groupby(level != UNHEARD and counts(level) for level in levels) if on),
    ]
    second, first = sorted(rows)[-2:]
    return first, second


def heard_in(levels: bytes | bytearray) -> list[int]:
    """List the levels that were heard, lowest first."""
    return sorted(level for level in levels if level != UNHEARD)
