"""The board as the eye reads it: sections of rows, worst and most pressing first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.floods.flood import Load, is_flood
from console.board.choosing.choice import EVERYTHING, Choice, dongs_of
from console.duties import is_pressing, left_of
from console.rows import (
    SYMBOLS,
    BoardRow,
    Entry,
    Section,
    Viewer,
    instant,
    row_of,
    sort_key,
)
from console.spans import ZONE, clock_time, span
from console.words import Words
from contracts import Severity


@dataclass(frozen=True, kw_only=True)
class SectionView:
    """A section with its rows in order."""

    key: Section
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many alerts of a severity are open, and how many of them nobody has."""

    p: str
    severity: Severity
    open: int
    new: int


@dataclass(frozen=True, kw_only=True)
class BoardView:
    """The whole board at one moment."""

    mark: str
    now: str
    clock: str
    date: str
    homes: int
    sections: tuple[SectionView, ...]
    counts: tuple[Count, ...]
    open: int
    new: int
    soon: int
    over: int
    mine: int
    #: What the reader chose to see, what they can choose, and how many rows that hides.
    choice: Choice
    dongs: tuple[str, ...]
    hidden: int


def board_of(
    entries: Iterable[Entry], viewer: Viewer, *, mark: str, homes: int, now: datetime, choice: Choice = EVERYTHING
) -> BoardView:
    """Lay out the board."""
    entries = sorted(entries, key=lambda entry: sort_key(entry.alert))
    rows = [row_of(entry, viewer, now) for entry in entries]
    sections = tuple(
        SectionView(key=section, rows=tuple(row for row in rows if row.section is section)) for section in Section
    )
    left = [left_of(entry.alert, now) for entry in entries]
    local = now.astimezone(ZONE)
    return BoardView(
        mark=mark,
        now=instant(now),
        clock=f"{local:%H:%M:%S}",
        date=viewer.words(
            "date", month=local.month, day=local.day, name=f"{local:%b}", week=viewer.words(f"week.{local:%w}")
        ),
        homes=homes,
        sections=sections,
        counts=tuple(_count(severity, rows) for severity in Severity),
        open=len(rows),
        new=len(sections[0].rows),
        soon=sum(is_pressing(entry.alert, viewer.lease_seconds, now) for entry in entries),
        over=sum(one is not None and one <= timedelta() for one in left),
        mine=len(sections[1].rows),
        choice=choice,
        dongs=dongs_of(rows, choice),
        hidden=sum(not choice.fits(row) for row in rows),
    )


def _count(severity: Severity, rows: Sequence[BoardRow]) -> Count:
    of = [row for row in rows if row.severity is severity]
    return Count(p=SYMBOLS[severity], severity=severity, open=len(of), new=sum(row.new for row in of))


@dataclass(frozen=True, kw_only=True)
class Calm:
    """What shows on an empty board that the service is alive."""

    #: When the last case was opened.
    last: datetime | None
    #: When a synthetic alarm last went the whole way.
    tried: datetime | None


def calm_text(calm: Calm, words: Words, now: datetime) -> str:
    """Say that there is nothing to do, and how one can know."""
    parts = [words("board.calm")]
    if calm.last:
        parts.append(words("calm.last", time=clock_time(calm.last, now=now, zone=ZONE)))
    if calm.tried:
        parts.append(words("calm.tried", ago=span(words, now - calm.tried)))
    return " · ".join(parts)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How many alerts were opened in the last ten minutes."""

    total: int
    #: Heights of the bars, minute by minute, oldest first.
    bars: tuple[int, ...]
    flood: bool
    #: What the bar says while more comes in than those on duty can look at.
    text: str


_TALLEST_BAR = 26


def rate_of(opened: Sequence[int], words: Words, *, on_duty: int, flooded: bool) -> Rate:
    """Draw how many alerts were opened minute by minute; a flood that was noted goes on until it is noted as over."""
    most, total = max([4, *opened]), sum(opened)
    flood = flooded or is_flood(Load(latest=total, before=0, operators=on_duty), flooded=False)
    bars = tuple(2 + round(count / most * (_TALLEST_BAR - 2)) for count in opened)
    text = words("flood.text", n=total, operators=on_duty) if flood else ""
    return Rate(total=total, bars=bars, flood=flood, text=text)
