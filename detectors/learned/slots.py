"""Slots of five minutes and the local clock: which of them saw somebody, and at what time of day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from detectors.observed import SLOT, Slots, bits_between

SLOTS_IN_HOUR: Final = 12
SLOTS_IN_DAY: Final = 24 * SLOTS_IN_HOUR
_SECONDS: Final = int(SLOT.total_seconds())
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def start_of(slot: int) -> datetime:
    """Tell when a slot begins."""
    return _EPOCH + SLOT * slot


def each(slots: Slots, first: int, last: int) -> Iterator[int]:
    """Name the slots that are in the set, oldest first, from the first to the last, both counted."""
    bits, lowest = bits_between(slots, first, last)
    while bits:
        oldest = bits.bit_length() - 1
        yield lowest - oldest
        bits ^= 1 << oldest


def hour_of(slot: int, zone: ZoneInfo) -> float:
    """Tell the local time of day of the middle of a slot, in hours."""
    return _hour(slot, shift_of(slot, zone))


def hours_of(slots: list[int], zone: ZoneInfo) -> list[float]:
    """Tell the local time of day of slots in order of time; all but a day on which clocks change has one shift."""
    if not slots:
        return []
    first, last = shift_of(slots[0], zone), shift_of(slots[-1], zone)
    return [_hour(slot, first if first == last else shift_of(slot, zone)) for slot in slots]


def shift_of(slot: int, zone: ZoneInfo) -> int:
    """Tell how far the local clock is ahead in the middle of a slot, in seconds."""
    shift = (start_of(slot) + SLOT / 2).astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift else 0


def _hour(slot: int, shift: int) -> float:
    return (slot * _SECONDS + _SECONDS / 2 + shift) % 86_400 / 3600
