"""The list of homes: who lives where, and how each home stands, masked for whoever may not see names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from console.people import masked
from console.rows import SYMBOLS
from console.spans import ZONE
from console.words import Words
from contracts import Severity

#: So many homes stand on one page of the list.
PAGE: Final = 50


class State(StrEnum):
    """How a home stands: what the list can be narrowed to."""

    ALL = "all"
    OPEN = "open"
    UNPROTECTED = "unprotected"
    HELD = "held"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the list is narrowed to."""

    part: str = ""
    dong: str = ""
    state: State = State.ALL
    page: int = 0
    #: Ids of the districts that the reader may see; none means every district.
    districts: frozenset[str] = frozenset()
    #: Names and telephone numbers are searched as well; not for a reader who sees neither.
    persons: bool = True


@dataclass(frozen=True, kw_only=True)
class Found:
    """One home as the database lists it."""

    home_id: str
    name: str
    birth_year: int
    sex: str
    dong: str
    district_id: str
    address: str
    watched: bool
    vulnerability: int
    #: The severities of its open alerts.
    open: Sequence[str]
    not_protected: bool
    held: str | None


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """One home of the list, in the reader's words."""

    home_id: str
    name: str
    about: str
    dong: str
    address: str
    #: The worst open alert's symbol and severity, and how many are open.
    p: str
    severity: str
    count: int
    not_protected: bool
    held: str
    watched: bool


def list_rows(found: Iterable[Found], words: Words, now: datetime, *, names: bool) -> tuple[ListRow, ...]:
    """Write the list in the order in which it came."""
    return tuple(_row(one, words, now, names=names) for one in found)


def state_of(word: str) -> State:
    """Read which homes are asked for; what is not known asks for all."""
    return State(word) if word in set(State) else State.ALL


def page_of(word: str) -> int:
    """Read the number of a page, from 0."""
    return min(int(word), 10_000) if word.isascii() and word.isdigit() and len(word) < 6 else 0


def _row(found: Found, words: Words, now: datetime, *, names: bool) -> ListRow:
    severities = sorted((Severity(one) for one in found.open if one in set(Severity)), key=lambda one: one.rank)
    worst = severities[0] if severities else None
    return ListRow(
        home_id=found.home_id,
        name=found.name if names else masked(found.name),
        about=f"{now.astimezone(ZONE).year - found.birth_year} {words(f'sex.{found.sex}')}",
        dong=found.dong,
        address=found.address if names else "",
        p=SYMBOLS[worst] if worst else "",
        severity=words(f"severity.{worst}") if worst else "",
        count=len(severities),
        not_protected=found.not_protected,
        held=words(f"hold.{found.held}") if found.held else "",
        watched=found.watched,
    )
