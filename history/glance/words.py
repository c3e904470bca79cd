"""The newest word of one sensor about one thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.rows import KINDS

_NUMBER_OF: Final = {kind: number for number, kind in enumerate(KINDS, start=1)}


@dataclass(frozen=True, kw_only=True)
class Word:
    """What a sensor said last of one kind: the number that says it, as rows hold it."""

    sensor_id: str
    kind: str
    at: datetime
    value: float | None


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Five minutes in which the home spoke, by their number since 1970."""

    slot: int
    moved: bool
    door: bool


def kind_of_number(number: int) -> str:
    """Name a kind by its number in rows; one of tomorrow has no name yet."""
    return KINDS[number - 1] if 0 < number <= len(KINDS) else ""


def numbers_of(kinds: Iterable[str]) -> list[int]:
    """Number kinds as rows do."""
    return sorted(_NUMBER_OF[kind] for kind in kinds)
