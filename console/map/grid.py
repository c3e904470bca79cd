"""Tiles of dongs: where each stands, and what stands on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Final

from console.rows import SYMBOLS
from contracts import Severity
from homes.model import District


class BadMap(Exception):
    """The file of the map cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a dong's tile stands, from the upper left."""

    dong: str
    row: int
    col: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a district stands, as the database counts it."""

    district_id: str
    gu: str
    dong: str
    homes: int
    #: Open alerts by severity.
    open: Mapping[str, int]
    not_protected: int


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One dong of the map."""

    dong: str
    gu: str
    row: int
    col: int
    homes: int
    #: Symbol, severity and number of what is open, the worst first.
    open: tuple[tuple[str, str, int], ...]
    not_protected: int

    @property
    def quiet(self) -> bool:
        """Tell whether nothing is wrong there."""
        return not self.open and not self.not_protected

    @property
    def worst(self) -> str:
        """Name the symbol of the worst that is open; empty: nothing."""
        return self.open[0][0] if self.open else ""


#: A grid is a little wider than it is high.
_WIDER: Final = 1.4
#: The style sheet places so many rows and columns.
_MOST: Final = 40


def read_places(tree: object) -> tuple[Place, ...]:
    """Read the places of tiles from a file's tree; raise BadMap."""
    listed = tree.get("tiles") if isinstance(tree, dict) else None
    if not isinstance(listed, list) or not listed:
        raise BadMap("tiles: 목록이 있어야 합니다 (a list of {dong, row, col} is expected)")
    places = tuple(_place(one, number) for number, one in enumerate(listed))
    if len({(one.row, one.col) for one in places}) < len(places):
        raise BadMap("tiles: 같은 자리가 두 번 있습니다 (two tiles stand in one place)")
    if len({one.dong for one in places}) < len(places):
        raise BadMap("tiles: 같은 동이 두 번 있습니다 (a dong is there twice)")
    return places


def usual_places(districts: Iterable[District]) -> tuple[Place, ...]:
    """Lay tiles out where no file does: by gu and dong, line by line."""
    names = list(dict.fromkeys(one.dong for one in sorted(districts, key=lambda one: (one.city, one.gu, one.dong))))
    width = max(1, ceil(sqrt(len(names) * _WIDER)))
    return tuple(Place(dong=dong, row=number // width, col=number % width) for number, dong in enumerate(names))


def tiles_of(places: Sequence[Place], standings: Sequence[Standing]) -> tuple[Tile, ...]:
    """Put what is known on the tiles; a dong that the file forgot stands below the others."""
    by_dong: dict[str, list[Standing]] = {}
    for one in standings:
        by_dong.setdefault(one.dong, []).append(one)
    known = {place.dong for place in places}
    below = max((place.row for place in places), default=-1) + 1
    missing = [dong for dong in sorted(by_dong) if dong not in known]
    all_places = (*places, *(Place(dong=dong, row=below, col=n) for n, dong in enumerate(missing)))
    return tuple(_tile(place, by_dong[place.dong]) for place in all_places if place.dong in by_dong)


def _tile(place: Place, standings: Sequence[Standing]) -> Tile:
    counts = {severity: sum(one.open.get(severity, 0) for one in standings) for severity in Severity}
    return Tile(
        dong=place.dong,
        gu=standings[0].gu,
        row=place.row,
        col=place.col,
        homes=sum(one.homes for one in standings),
        open=tuple(
            (SYMBOLS[severity], severity.value, counts[severity])
            for severity in sorted(Severity, key=lambda one: one.rank)
            if counts[severity]
        ),
        not_protected=sum(one.not_protected for one in standings),
    )


def _place(one: object, number: int) -> Place:
    fields = one if isinstance(one, dict) else {}
    dong, row, col = fields.get("dong"), fields.get("row"), fields.get("col")
    if not isinstance(dong, str) or not dong:
        raise BadMap(f"tiles[{number}].dong: 동 이름이 있어야 합니다 (the name of a dong is expected)")
    if not isinstance(row, int) or not isinstance(col, int) or not (0 <= row < _MOST and 0 <= col < _MOST):
        raise BadMap(f"tiles[{number}]: row, col 은 0 이상의 정수입니다 (row and col are whole numbers from 0)")
    return Place(dong=dong, row=row, col=col)
