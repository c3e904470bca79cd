"""One day of a home: where somebody moved, hour by hour, with what was raised and what rested on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from console.homes.glimpse import Glimpse
from console.homes.page import HoldRow, PastAlert
from console.homes.raster import RasterRun, clock_of, look_of, midnight, place_of, runs_of, since_of
from console.homes.view import HomeView
from console.rows import room_of
from console.strips import BIN, CELLS, Cell
from console.words import Words
from homes.model import Home

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DayRoom:
    """One room's line, and what the table says of it."""

    room: str
    runs: tuple[RasterRun, ...]
    total: int
    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class DayView:
    """The card of one day; `rooms` is None when they could not be read."""

    day: date
    before: date | None
    after: date | None
    rooms: tuple[DayRoom, ...] | None
    #: Where now is, in cells; None: the day is over.
    now: float | None
    #: So many cells the day has: 96, but where a clock is changed.
    cells: int
    hours: tuple[tuple[int, str], ...]
    alerts: tuple[PastAlert, ...]
    holds: tuple[HoldRow, ...]


def asked_day(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    """Read which day is asked for; None: none of the picture's four weeks."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _first(now, zone) <= day <= now.astimezone(zone).date() else None


def span_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Tell when a day begins and ends in a place."""
    return midnight(day, zone), midnight(day + _DAY, zone)


def day_view(
    home: Home, day: date, rooms: Mapping[str, Sequence[Cell]] | None, seen: Glimpse, view: HomeView, words: Words
) -> DayView:
    """Write the card; alerts and holds are said as the page says them."""
    now, zone = view.now, ZoneInfo(home.timezone)
    begin, end = span_of(day, zone)
    held = [one for one in (seen.days.held if seen.days else ()) if one.from_at < end and begin < one.until_at]
    raised = {one.alert_id for one in seen.alerts or () if begin <= one.opened_at < end}
    rested = {(one.kind, one.from_at.isoformat()) for one in held}
    cells = round((end - begin) / BIN)
    today = now.astimezone(zone).date()

    def looks(line: Sequence[Cell]) -> list[str]:
        blind = seen.days.blind if seen.days else ()
        return [look_of(cell, begin + BIN * n, now, held, blind) for n, cell in enumerate(line)]

    return DayView(
        day=day,
        before=day - _DAY if day > _first(now, zone) else None,
        after=day + _DAY if day < today else None,
        rooms=None
        if rooms is None
        else tuple(_room(room_of(room, words), line, looks(line), begin, zone) for room, line in rooms.items()),
        now=round((now - begin) / BIN, 2) if day == today else None,
        cells=cells,
        hours=tuple(
            (n, f"{(begin + BIN * n).astimezone(zone):%H}") for n in range(0, cells, 4) if _third(begin + BIN * n, zone)
        ),
        alerts=tuple(one for one in view.past or () if one.id in raised),
        holds=tuple(one for one in view.holds if (one.kind, one.began) in rested),
    )


def _room(name: str, line: Sequence[Cell], looks: Sequence[str], begin: datetime, zone: ZoneInfo) -> DayRoom:
    moved = [begin + BIN * n for n, cell in enumerate(line) if cell.movements]
    return DayRoom(
        room=name,
        runs=runs_of(looks),
        total=sum(cell.movements for cell in line),
        first=_clock(moved[0], zone) if moved else "—",
        last=_clock(moved[-1], zone) if moved else "—",
    )


def _first(now: datetime, zone: ZoneInfo) -> date:
    return since_of(now, zone).astimezone(zone).date()


def _third(at: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).hour % 3 == 0


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return clock_of(int(place_of(at, zone)[1]) % CELLS)
