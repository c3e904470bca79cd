"""Observed time: the five-minute slots in which a home spoke, so that silence is never counted as stillness."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

#: A home that spoke once in a slot was observed for the whole of it.
SLOT: Final = timedelta(minutes=5)
#: The window of 72 h, and eight more for what comes late.
WINDOW: Final = 960
_SLOT_SECONDS: Final = 300
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Slots(msgspec.Struct, array_like=True, gc=False):
    """Which of the newest slots saw something. Mutable, like the state of its home."""

    #: The number of the newest slot in the set; -1: the set is empty.
    newest: int = -1
    #: The newest in the lowest bit, and those before it above; whole bytes, because they are written so.
    bits: bytes = b""


def slot_of(at: datetime) -> int:
    """Number the slot of a moment."""
    return (at - _EPOCH) // SLOT


def heard(slots: Slots, at: datetime) -> None:
    """Mark the slot of a moment; slots that fall out of the window are forgotten, whatever the order of arrival."""
    slot = int(at.timestamp()) // _SLOT_SECONDS
    if slot != slots.newest:  # quick, for most words by far
        _mark(slots, slot - slots.newest)


def set_of(first: int, last: int) -> Slots:
    """Make the set of all slots from the first to the last, as far as the window reaches."""
    return Slots(last, _written((1 << last - first + 1) - 1))


def bits_between(slots: Slots, first: int, last: int) -> tuple[int, int]:
    """Tell which slots from the first to the last are in the set: as bits, and which slot the lowest of them is."""
    last = min(last, slots.newest)
    width = last - max(first, slots.newest - WINDOW + 1) + 1
    if width <= 0:
        return 0, last
    return int.from_bytes(slots.bits, "little") >> slots.newest - last & (1 << width) - 1, last


def count(slots: Slots, first: int, last: int) -> int:
    """Count the slots that are in the set, from the first to the last, both counted."""
    return bits_between(slots, first, last)[0].bit_count()


def observed_between(slots: Slots, since: datetime, until: datetime) -> timedelta:
    """Add up the observed time between two moments, exact at both ends."""
    if until <= since:
        return timedelta(0)
    first, last = slot_of(since), slot_of(until)
    total = SLOT * count(slots, first, last)
    if is_heard(slots, first):
        total -= since - _start_of(first)
    if is_heard(slots, last):
        total -= _start_of(last) + SLOT - until
    return total


def is_heard(slots: Slots, slot: int) -> bool:
    """Tell whether the home spoke in a slot."""
    return bool(bits_between(slots, slot, slot)[0])


def _mark(slots: Slots, later: int) -> None:
    bits = int.from_bytes(slots.bits, "little")
    if later > 0:
        bits = bits << later | 1 if later < WINDOW else 1
        slots.newest += later
    elif later > -WINDOW:
        bits |= 1 << -later
    slots.bits = _written(bits)


def _written(bits: int) -> bytes:
    bits &= (1 << WINDOW) - 1
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _start_of(slot: int) -> datetime:
    return _EPOCH + SLOT * slot
