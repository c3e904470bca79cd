"""The 28 days of a home as a picture: a line a day, 96 cells a line; what nobody could see is never drawn as rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from console.strips import BIN, CELLS, Cell, shade_of

DAYS: Final = 28
#: What a cell can be beside a shade: not observed, a hold, and time that has not come.
UNSEEN, HELD, AHEAD = "unseen", "held", "ahead"
#: So long after its begin a cell in which the home has not spoken yet has not come.
JUST_BEGUN: Final = timedelta(minutes=5)
#: Who is up in these cells (00:00-05:00) is up by night.
NIGHT_CELLS: Final = 20


@dataclass(frozen=True, kw_only=True)
class Held:
    """A span in which passive watching rested."""

    kind: str
    from_at: datetime
    until_at: datetime
    #: Who entered it, and why; empty: a street file did.
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An alert as the picture marks it."""

    alert_id: str
    p: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class RasterRun:
    """Neighbouring cells of one day that look the same: from cell `b`, `n` of them, drawn as `v`."""

    b: int
    n: int
    v: str


@dataclass(frozen=True, kw_only=True)
class RasterMark:
    """Where an alert was raised, in cells."""

    x: float
    p: str
    text: str
    alert_id: str


@dataclass(frozen=True, kw_only=True)
class RasterDay:
    """One line of the picture, and of the table that says the same."""

    day: date
    today: bool
    runs: tuple[RasterRun, ...]
    marks: tuple[RasterMark, ...]
    total: int
    #: The total beside the largest of these days, from 0 to 1.
    share: float
    #: The first and the last cell in which somebody moved.
    first: int | None
    last: int | None
    #: How often somebody was up by night.
    nights: int
    #: Cells in which the home was observed, and how many have gone by.
    observed: int
    passed: int


@dataclass(frozen=True, kw_only=True)
class Raster:
    """The picture."""

    days: tuple[RasterDay, ...]
    #: Now, in cells from midnight.
    now: float


def since_of(now: datetime, zone: ZoneInfo) -> datetime:
    """Tell where the picture begins: at a local midnight."""
    return midnight(now.astimezone(zone).date() - timedelta(days=DAYS - 1), zone)


def until_of(now: datetime, zone: ZoneInfo) -> datetime:
    """Tell where the picture ends: at the next local midnight."""
    return midnight(now.astimezone(zone).date() + timedelta(days=1), zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Tell when a day begins in a place; in UTC, for what is added to a local time leaps with its clock."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def place_of(at: datetime, zone: ZoneInfo) -> tuple[date, float]:
    """Tell in which line and where in it, in cells, a moment lies by the local clock."""
    local = at.astimezone(zone)
    return local.date(), (local.hour * 60 + local.minute + local.second / 60) / 15


def raster_of(
    cells: Sequence[Cell],
    *,
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
    held: Sequence[Held] = (),
    blind: Sequence[tuple[datetime, datetime]] = (),
    raised: Sequence[Raised] = (),
) -> Raster:
    """Draw the days from `since` on; `blind` are spans in which no living sensor would have seen anybody."""
    looks: dict[date, list[str]] = {}
    moves: dict[date, list[int]] = {}
    for number, (cell, (day, place)) in enumerate(zip(cells, _places(since, len(cells), zone), strict=True)):
        at = since + BIN * number
        line = looks.setdefault(day, [UNSEEN] * CELLS)
        look = look_of(cell, at, now, held, blind)
        # The hour that comes twice in autumn: the later cell is drawn, and a look is not lost to "not observed".
        line[place] = look if look != UNSEEN else line[place]
        moves.setdefault(day, [0] * CELLS)[place] += cell.movements
    days = sorted(looks)[-DAYS:]
    most = max((sum(moves[day]) for day in days), default=0)
    today, now_at = place_of(now, zone)
    marks = {day: tuple(_marks(raised, day, zone)) for day in days}
    return Raster(
        days=tuple(_day(day, looks[day], moves[day], marks[day], today, now_at, most) for day in days),
        now=round(now_at, 2),
    )


def look_of(
    cell: Cell, at: datetime, now: datetime, held: Sequence[Held], blind: Sequence[tuple[datetime, datetime]]
) -> str:
    """Tell how one cell is drawn."""
    rests = any(span.from_at < at + BIN and at < span.until_at for span in held)
    # A quarter of an hour that has only begun is not "not observed": the home speaks once a minute.
    just_begun = at + JUST_BEGUN > now and shade_of(cell) == UNSEEN
    if at > now or just_begun:
        return HELD if rests else AHEAD
    unseen = shade_of(cell) == UNSEEN or (
        not cell.movements and any(begin <= at and at + BIN <= end for begin, end in blind)
    )
    if unseen:
        return UNSEEN
    return HELD if rests else shade_of(cell)


def runs_of(looks: Sequence[str]) -> tuple[RasterRun, ...]:
    """Merge neighbours that look the same; every cell is in exactly one run."""
    runs: list[RasterRun] = []
    for look, group in groupby(looks):
        width = len(list(group))
        runs.append(RasterRun(b=runs[-1].b + runs[-1].n if runs else 0, n=width, v=look))
    return tuple(runs)


def clock_of(cell: int) -> str:
    """Write where a cell begins as a clock shows it."""
    return f"{cell // 4:02}:{cell % 4 * 15:02}"


def _places(since: datetime, cells: int, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """Place cells in the lines; zones are asked for once a day where no clock is changed, for they are slow."""
    for first in range(0, cells, CELLS):
        begin, count = since + BIN * first, min(CELLS, cells - first)
        local = begin.astimezone(zone)
        straight = local.utcoffset() == (begin + BIN * count).astimezone(zone).utcoffset()
        if straight and not (local.hour or local.minute):
            yield from ((local.date(), place) for place in range(count))
        else:
            for number in range(count):
                day, place = place_of(begin + BIN * number, zone)
                yield day, int(place)


def _day(
    day: date,
    looks: Sequence[str],
    moves: Sequence[int],
    marks: tuple[RasterMark, ...],
    today: date,
    now_at: float,
    most: int,
) -> RasterDay:
    moved = [place for place, count in enumerate(moves) if count]
    passed = int(now_at) + 1 if day == today else CELLS
    return RasterDay(
        day=day,
        today=day == today,
        runs=runs_of(looks),
        marks=marks,
        total=sum(moves),
        share=round(sum(moves) / most, 3) if most else 0.0,
        first=moved[0] if moved else None,
        last=moved[-1] if moved else None,
        nights=sum(1 for awake, _ in groupby(moves[:NIGHT_CELLS], key=bool) if awake),
        observed=sum(look not in (UNSEEN, AHEAD) for look in looks[:passed]),
        passed=passed,
    )


def _marks(raised: Sequence[Raised], day: date, zone: ZoneInfo) -> list[RasterMark]:
    places = ((one, place_of(one.at, zone)) for one in raised)
    return [
        RasterMark(x=round(x, 2), p=one.p, text=one.text, alert_id=one.alert_id) for one, (on, x) in places if on == day
    ]
