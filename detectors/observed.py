"""Observed time: the five-minute slots in which a home spoke, so that silence is never counted as stillness."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

#: A home that spoke once in a slot was observed for the whole of it.
SLOT: Final = timedelta(minutes=5)
#: Sixty slots share one integer: it fits the 64 bits that the snapshot's codec can write.
SLOTS_IN_BLOCK: Final = 60
#: Sixteen blocks of five hours cover the window of 72 h, wherever in its block it ends.
BLOCKS: Final = 16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Slots = dict[int, int]


def slot_of(at: datetime) -> int:
    """Number the slot of a moment."""
    return (at - _EPOCH) // SLOT


def heard(slots: Slots, at: datetime) -> None:
    """Mark the slot of a moment; slots that fall out of the window are forgotten, whatever the order of arrival."""
    block, place = divmod(slot_of(at), SLOTS_IN_BLOCK)
    known = slots.get(block)
    if known is not None:
        slots[block] = known | 1 << place
        return
    slots[block] = 1 << place
    if len(slots) > BLOCKS or max(slots) - min(slots) >= BLOCKS:
        oldest = max(slots) - BLOCKS + 1
        for block in [block for block in slots if block < oldest]:
            del slots[block]


def observed_between(slots: Mapping[int, int], since: datetime, until: datetime) -> timedelta:
    """Add up the observed time between two moments, exact at both ends."""
    if until <= since:
        return timedelta(0)
    first, last = slot_of(since), slot_of(until)
    total = SLOT * sum(_heard_in(slots, block, first, last) for block in _blocks(first, last))
    if is_heard(slots, first):
        total -= since - _start_of(first)
    if is_heard(slots, last):
        total -= _start_of(last) + SLOT - until
    return total


def is_heard(slots: Mapping[int, int], slot: int) -> bool:
    """Tell whether the home spoke in a slot."""
    block, place = divmod(slot, SLOTS_IN_BLOCK)
    return bool(slots.get(block, 0) >> place & 1)


def _blocks(first: int, last: int) -> range:
    return range(first // SLOTS_IN_BLOCK, last // SLOTS_IN_BLOCK + 1)


def _heard_in(slots: Mapping[int, int], block: int, first: int, last: int) -> int:
    start = block * SLOTS_IN_BLOCK
    low, high = max(first - start, 0), min(last - start, SLOTS_IN_BLOCK - 1)
    mask = (1 << high + 1) - (1 << low)
    return (slots.get(block, 0) & mask).bit_count()


def _start_of(slot: int) -> datetime:
    return _EPOCH + SLOT * slot
