"""A day in cells: how often somebody moved, and whether anybody could have seen it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from contracts import WatchedSensor
from contracts.rows import MOVING_KINDS


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One stretch of time. Not observed is never "no movement"."""

    movements: int = 0
    #: The home spoke in it.
    observed: bool = False


@dataclass(frozen=True, kw_only=True)
class Count:
    """What the database counted in one cell, of one sensor or of a whole home."""

    of: str
    place: int
    movements: int
    heard: int


UNSEEN: Final = Cell()


def lines_of(counts: Iterable[Count], names: Iterable[str], *, cells: int) -> dict[str, list[Cell]]:
    """Draw one line for each name, whether or not anything was counted for it."""
    lines = {name: [UNSEEN] * cells for name in names}
    for count in counts:
        if count.of in lines and 0 <= count.place < cells:
            lines[count.of][count.place] = _cell(count.movements, count.heard > 0)
    return lines


@lru_cache(maxsize=1_024)
def _cell(movements: int, observed: bool) -> Cell:
    """Make one cell for all that look alike: a home's four weeks are thousands of a few dozen."""
    return Cell(movements=movements, observed=observed)


def rooms_of(counts: Sequence[Count], sensors: Iterable[WatchedSensor], *, cells: int) -> dict[str, list[Cell]]:
    """Draw one line for each room that has eyes; a cell is observed when the home spoke in it, from any room."""
    rooms: dict[str, str] = {sensor.sensor_id: sensor.room for sensor in sensors if sensor.kind in MOVING_KINDS}
    spoke = {count.place for count in counts if count.heard}
    moved = _movements(counts, rooms)
    return {
        room: [Cell(movements=moved.get((room, place), 0), observed=place in spoke) for place in range(cells)]
        for room in dict.fromkeys([*rooms.values(), *(room for room, _ in moved)])
    }


def _movements(counts: Iterable[Count], rooms: Mapping[str, str]) -> dict[tuple[str, int], int]:
    moved: dict[tuple[str, int], int] = {}
    for count in counts:
        if count.movements:
            key = (rooms.get(count.of, ""), count.place)
            moved[key] = moved.get(key, 0) + count.movements
    return moved
