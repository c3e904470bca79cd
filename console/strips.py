"""Pictures of a day: when somebody moved, where, and when nobody could have seen it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Protocol

BIN: Final = timedelta(minutes=15)
CELLS: Final = 96
#: From so many movements in a cell on, the next stronger shade is used.
SHADES: Final = (1, 2, 4, 8)


class Cell(Protocol):
    """A quarter of an hour of one home, or of one of its rooms."""

    @property
    def movements(self) -> int:
        """How often somebody moved."""

    @property
    def observed(self) -> bool:
        """Whether the home spoke at all."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Neighbouring cells that look the same; `shade` is 0 (nothing) to 4, or `unseen`."""

    x: int
    width: int
    shade: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The outlined stretch: from when it began to now, in cells."""

    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The last 24 hours in one line."""

    runs: tuple[Run, ...]
    gap: Gap | None
    midnight: float | None


@dataclass(frozen=True, kw_only=True)
class RoomStrip:
    """One room's line among the others."""

    room: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class DayPicture:
    """The last 24 hours room by room, with an hour mark every three hours."""

    rooms: tuple[RoomStrip, ...]
    hours: tuple[tuple[float, str], ...]
    gap: Gap | None


def shade_of(cell: Cell) -> str:
    """Tell how strongly a cell is drawn."""
    if not cell.observed and not cell.movements:
        return "unseen"
    return str(sum(cell.movements >= least for least in SHADES))


def runs_of(cells: Sequence[Cell]) -> tuple[Run, ...]:
    """Merge neighbouring cells of one shade; empty cells are the ground and are not drawn."""
    runs: list[Run] = []
    x = CELLS - len(cells)
    if x > 0:
        runs.append(Run(x=0, width=x, shade="unseen"))
    for shade, group in groupby(cells, key=shade_of):
        width = len(list(group))
        if shade != "0":
            runs.append(Run(x=x, width=width, shade=shade))
        x += width
    return tuple(runs)


def gap_between(since: datetime, until: datetime) -> Gap:
    """Place the stretch since something began; a moment is still wide enough to be seen."""
    x = max(0.0, min(CELLS - 1.2, CELLS - (until - since) / BIN))
    return Gap(x=round(x, 2), width=round(max(1.2, CELLS - x), 2))


def strip_of(cells: Sequence[Cell], *, since: datetime, now: datetime) -> Strip:
    """Draw a row's strip; `now` carries the zone whose midnight is marked."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    x = CELLS - (now - midnight) / BIN
    return Strip(
        runs=runs_of(cells[-CELLS:]), gap=gap_between(since, now), midnight=round(x, 2) if 0 < x < CELLS else None
    )


def day_of(rooms: Mapping[str, Sequence[Cell]], *, since: datetime, now: datetime) -> DayPicture:
    """Draw the detail pane's picture; `now` carries the zone of its hours."""
    start = now - CELLS * BIN
    first = start.replace(minute=0, second=0, microsecond=0)
    marks = (first + timedelta(hours=hour) for hour in range(26))
    hours = tuple(
        (round((mark - start) / BIN, 2), f"{mark:%H}") for mark in marks if start <= mark <= now and mark.hour % 3 == 0
    )
    lines = tuple(RoomStrip(room=room, runs=runs_of(cells[-CELLS:])) for room, cells in rooms.items())
    return DayPicture(rooms=lines, hours=hours, gap=gap_between(since, now))
