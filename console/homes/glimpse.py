"""What was read of one home for its page; a part that could not be read is None, and the others stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Alert
from console.homes.learned import Thought
from console.homes.raster import Held
from console.strips import Cell
from history.glance.words import Word


@dataclass(frozen=True, kw_only=True)
class Days:
    """The cells of the picture, from a local midnight to one."""

    since: datetime
    cells: Sequence[Cell]
    held: Sequence[Held]
    #: Spans in which no living sensor would have seen anybody.
    blind: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True, kw_only=True)
class Now:
    """How a home stands now."""

    moved: tuple[datetime, str] | None
    heard: Sequence[Word]
    not_protected: bool


@dataclass(frozen=True, kw_only=True)
class Thinking:
    """What the detectors make of the home, and the moments of movement of the last two days."""

    thought: Thought
    moves: tuple[datetime, ...]


@dataclass(frozen=True, kw_only=True)
class Glimpse:
    """All of it."""

    alerts: Sequence[Alert] | None
    days: Days | None
    now: Now | None
    rooms: Mapping[str, Sequence[Cell]] | None
    enrolled_at: datetime | None = None
    thinking: Thinking | None = None
