"""A resident's ways: where they were seen last, the strip of the last day, and what their days have been like.

Part of HomeState, and mutable as it is. Whatever the order and the repeats of readings, it comes out the same.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from contracts import ReadingId
from detectors.rooms import BATHROOM, BED, BEDROOM, DOOR

#: The strip has one byte for each ten minutes, and remembers in it where somebody was seen.
SLOT_SECONDS: Final = 600
#: 28 hours: a day of 25 hours, and three more for what comes late.
SLOTS: Final = 168
#: Movement in the bathroom is kept for the newest sixty steps of two minutes.
STEP_SECONDS: Final = 120
STEPS: Final = 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Ways(msgspec.Struct, array_like=True, gc=False):
    """Where and when somebody was seen, newest first of all; what ends with `_live` leaves out what came late."""

    inside_at: datetime | None = None
    inside_live: datetime | None = None
    #: In the bathroom, and anywhere but there; the door counts.
    bath_at: datetime | None = None
    elsewhere_at: datetime | None = None
    elsewhere_live: datetime | None = None
    #: Anywhere but in the bedroom; the door counts.
    up_at: datetime | None = None
    up_live: datetime | None = None
    #: The newest word of a door to the outside.
    door_at: datetime | None = None
    door_id: ReadingId = ReadingId("")
    door_late: bool = False
    bed_taken: datetime | None = None
    bed_live: datetime | None = None
    bed_empty: datetime | None = None
    #: The newest step of two minutes with movement in the bathroom, and those before it, the newest in the lowest bit.
    bath_step: int = 0
    bath_steps: int = 0
    #: The newest slot of ten minutes, and where somebody was seen in each of the last 28 hours.
    slot: int = 0
    strip: bytearray = bytearray()
    #: The days that are over, four bytes each, and the number of the newest.
    day: int = 0
    days: bytearray = bytearray()
    #: When the day that runs is closed, and when the newest weekly review is told.
    closes_at: datetime | None = None
    review: datetime | None = None
    #: At how many mealtimes of each of those days somebody was in the kitchen, one byte each.
    meals: bytearray = bytearray()


def note_sign(ways: Ways, place: int, at: datetime, reading_id: ReadingId, *, late: bool) -> None:
    """Note a sign of somebody at a place."""
    live = not late
    if place & DOOR:
        if ways.door_at is None or (at, reading_id) > (ways.door_at, ways.door_id):
            ways.door_at, ways.door_id, ways.door_late = at, reading_id, late
    else:
        if ways.inside_at is None or at > ways.inside_at:
            ways.inside_at = at
        if live and (ways.inside_live is None or at > ways.inside_live):
            ways.inside_live = at
    if place != BATHROOM:
        if ways.elsewhere_at is None or at > ways.elsewhere_at:
            ways.elsewhere_at = at
        if live and (ways.elsewhere_live is None or at > ways.elsewhere_live):
            ways.elsewhere_live = at
    if place != BEDROOM:
        if ways.up_at is None or at > ways.up_at:
            ways.up_at = at
        if live and (ways.up_live is None or at > ways.up_live):
            ways.up_live = at
    seconds = int(at.timestamp())
    if place == BATHROOM:
        _bathe(ways, seconds // STEP_SECONDS, at)
    _strip(ways, seconds // SLOT_SECONDS, place)


def note_bed(ways: Ways, at: datetime, *, taken: bool, late: bool) -> None:
    """Note what a bed says; of two words on one moment "taken" counts, because it is asked last."""
    if not taken:
        if ways.bed_empty is None or at > ways.bed_empty:
            ways.bed_empty = at
        return
    if ways.bed_taken is None or at > ways.bed_taken:
        ways.bed_taken = at
    if not late and (ways.bed_live is None or at > ways.bed_live):
        ways.bed_live = at
    # Who lies in bed is not in the bathroom any more.
    if ways.elsewhere_at is None or at > ways.elsewhere_at:
        ways.elsewhere_at = at
    if not late and (ways.elsewhere_live is None or at > ways.elsewhere_live):
        ways.elsewhere_live = at
    _strip(ways, int(at.timestamp()) // SLOT_SECONDS, BED)


def in_bed(ways: Ways) -> bool:
    """Tell whether a bed is taken, as far as it said."""
    return ways.bed_taken is not None and (ways.bed_empty is None or ways.bed_taken >= ways.bed_empty)


def seen_in(ways: Ways, first: int, last: int) -> bytes:
    """Tell where somebody was seen in each ten minutes from one slot up to, not with, another; 0 where unknown."""
    if not ways.strip:
        return bytes(last - first)
    oldest, newest = ways.slot - SLOTS, ways.slot
    return bytes(ways.strip[slot % SLOTS] if oldest < slot <= newest else 0 for slot in range(first, last))


def bathed_since(ways: Ways, after: datetime | None) -> datetime | None:
    """Tell when the movement in the bathroom began that came after a moment, to two minutes."""
    first = None
    for age in range(STEPS):
        if not ways.bath_steps >> age & 1:
            continue
        began = _EPOCH + timedelta(seconds=(ways.bath_step - age) * STEP_SECONDS)
        if after and began + timedelta(seconds=STEP_SECONDS) <= after:
            break
        first = began
    if first is None or ways.bath_at is None:
        return None
    return min(max(first, after) if after else first, ways.bath_at)


def _bathe(ways: Ways, step: int, at: datetime) -> None:
    if ways.bath_at is None or at > ways.bath_at:
        ways.bath_at = at
    later = step - ways.bath_step
    if later > 0:
        ways.bath_steps = (ways.bath_steps << later & (1 << STEPS) - 1 if later < STEPS else 0) | 1
        ways.bath_step = step
    elif later > -STEPS:
        ways.bath_steps |= 1 << -later


def _strip(ways: Ways, slot: int, place: int) -> None:
    strip, later = ways.strip, slot - ways.slot
    if later > 0:
        if not strip or later >= SLOTS:
            strip[:] = bytes(SLOTS)
        else:
            for passed in range(ways.slot + 1, slot + 1):
                strip[passed % SLOTS] = 0
        ways.slot = slot
    elif later <= -SLOTS:
        return
    strip[slot % SLOTS] |= place
