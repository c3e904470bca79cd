"""Slots of five minutes as sets of bits: which of them saw somebody, and how many in a row."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from detectors.observed import SLOT, SLOTS_IN_BLOCK

SLOTS_IN_HOUR: Final = 12
SLOTS_IN_DAY: Final = 24 * SLOTS_IN_HOUR
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
    local = (start_of(slot) + SLOT / 2).astimezone(zone)
    return local.hour + local.minute / 60 + local.second / 3600


def whole_slots(length: timedelta) -> int:
    """Count the whole slots in a length of time."""
    return length // SLOT
