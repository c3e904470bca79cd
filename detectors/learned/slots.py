"""Slots of five minutes as sets of bits: which of them saw somebody, and how many in a row."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from detectors.observed import SLOT, SLOTS_IN_BLOCK

SLOTS_IN_HOUR: Final = 12
SLOTS_IN_DAY: Final = 24 * SLOTS_IN_HOUR
_SECONDS: Final = int(SLOT.total_seconds())
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def start_of(slot: int) -> datetime:
    """Tell when a slot begins."""
    return _EPOCH + SLOT * slot


def count(slots: Mapping[int, int], first: int, last: int) -> int:
    """Count the slots that are in the set, from the first to the last, both counted."""
    total = 0
    for block in range(first // SLOTS_IN_BLOCK, last // SLOTS_IN_BLOCK + 1):
        bits = slots.get(block)
        if bits:
            start = block * SLOTS_IN_BLOCK
            low, high = max(first - start, 0), min(last - start, SLOTS_IN_BLOCK - 1)
            total += (bits >> low & (1 << high - low + 1) - 1).bit_count()
    return total


def each(slots: Mapping[int, int], first: int, last: int) -> Iterator[int]:
    """Name the slots that are in the set, oldest first, from the first to the last, both counted."""
    for block in range(first // SLOTS_IN_BLOCK, last // SLOTS_IN_BLOCK + 1):
        bits, start = slots.get(block, 0), block * SLOTS_IN_BLOCK
        while bits:
            lowest = bits & -bits
            slot = start + lowest.bit_length() - 1
            if first <= slot <= last:
                yield slot
            bits ^= lowest


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
