"""The events that a panel's data names: Contact ID, and the blocks of SIA DCS."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts import RefusalReason
from ingest.message import Malformed

#: One frame names so many events at most: a small frame must not become a flood of records.
MOST_EVENTS: Final = 64

_CONTACT_ID: Final = re.compile(r"(?P<q>[136])(?P<code>[0-9A-F]{3}) ?(?P<area>[0-9A-F]{2}) ?(?P<zone>[0-9A-F]{3})")
_PART: Final = re.compile(
    r"(?P<modifier>[a-z]{2})(?P<said>[^/A-Z|^]*)|(?P<code>[A-Z]{2})(?P<zone>\d{0,6})(?:\^[^^]*\^)?(?=/|$|[A-Z])"
)


class Scheme(StrEnum):
    """In whose words an event is told."""

    CONTACT_ID = "contact_id"
    SIA = "sia"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One event as the panel names it."""

    scheme: Scheme
    code: str
    #: Contact ID says beside the code whether it is over; of SIA the code itself says so.
    over: bool = False
    #: Zone, or user; empty or noughts: the panel itself.
    zone: str = ""
    area: str = ""


Read = tuple[Event | Malformed, ...]


def account_in(data: str) -> tuple[str, str]:
    """Part the account that stands before the first bar from the rest; empty where there is none."""
    account, bar, rest = data.partition("|")
    return (account.removeprefix("#").strip().upper(), rest) if bar else ("", data)


def contact_id(told: str) -> Read:
    """Read `QXYZ GG CCC`."""
    parts = _CONTACT_ID.fullmatch(told.strip().upper())
    if parts is None:
        return (Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected Contact ID as QXYZ GG CCC"),)
    return (
        Event(
            scheme=Scheme.CONTACT_ID,
            code=parts["code"],
            over=parts["q"] == "3",
            zone=parts["zone"],
            area=parts["area"],
        ),
    )


def sia(told: str) -> Read:
    """Read the blocks of SIA DCS: `N` or `O`, modifiers such as `ri1` and `ti10:23`, and events such as `BA001`."""
    read = tuple(each for block in told.split("|") if block[:1] in ("N", "O") for each in _block(block[1:]))
    if not read:
        return (Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected a block of N or O with an event"),)
    if len(read) > MOST_EVENTS:
        return (Malformed(reason=RefusalReason.TOO_LARGE, detail=f"expected at most {MOST_EVENTS} events at once"),)
    return read


def _block(block: str) -> Iterator[Event | Malformed]:
    area, place = "", 0
    while place < len(block):
        if block[place] in "/ ":
            place += 1
            continue
        part = _PART.match(block, place)
        if part is None:  # one strange event does not silence its neighbours
            yield Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected two capital letters and a number")
            place = (block.find("/", place) + 1) or len(block)
            continue
        place = part.end()
        if part["modifier"] == "ri":
            area = part["said"]
        if part["code"]:
            yield Event(scheme=Scheme.SIA, code=part["code"], zone=part["zone"], area=area)
