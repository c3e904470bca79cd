"""A roster's week as a grid: people by days, what nobody covers as black blocks, and who is next in line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.routing.gaps import Felt
from contracts import ResponderId
from homes.model import Responder, Roster
from homes.rosters import Duty, duties_between, everybody

_DAY: Final = timedelta(days=1)
DAYS: Final = 7
_MINUTES: Final = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of one day, by the roster's clock: drawn from x to x + width, of 1440."""

    x: int
    width: int
    text: str
    #: It goes on from the day before, or into the next: a shift that crosses midnight is one.
    before: bool = False
    after: bool = False
    meant: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One person's week."""

    responder_id: ResponderId
    name: str
    cells: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Week:
    """A week of a roster."""

    days: tuple[date, ...]
    rows: tuple[PersonRow, ...]
    gaps: tuple[tuple[Block, ...], ...]


def monday_of(day: date) -> date:
    """Tell the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Tell the first moment of a day."""
    return datetime.combine(day, time(), tzinfo=zone)


def week_of(roster: Roster, people: Mapping[ResponderId, Responder], monday: date, felt: Iterable[Felt]) -> Week:
    """Draw a week: who of the roster is on duty when, and when nobody is who would be called."""
    zone = ZoneInfo(roster.timezone)
    days = tuple(monday + timedelta(days=n) for n in range(DAYS))
    # A day more on both sides: a duty that goes on is seen to go on.
    duties = duties_between(roster, midnight(monday - _DAY, zone), midnight(monday + (DAYS + 1) * _DAY, zone))
    named = sorted(everybody(roster), key=lambda key: (_first(duties, key), key))
    rows = tuple(
        PersonRow(
            responder_id=key,
            name=people[key].name if key in people else key,
            cells=tuple(_cell(_spans(duties, key), day, zone) for day in days),
        )
        for key in named
    )
    missing = [(one.from_at, one.until_at, one.meant) for one in felt]
    return Week(days=days, rows=rows, gaps=tuple(_cell(missing, day, zone) for day in days))


def _first(duties: Iterable[Duty], key: ResponderId) -> datetime:
    return next((one.from_at for one in duties if key in one.responders), datetime.max.replace(tzinfo=ZoneInfo("UTC")))


def _spans(duties: Iterable[Duty], key: ResponderId) -> list[tuple[datetime, datetime, bool]]:
    """Put the spans of one person together, whoever else is on duty with them."""
    found: list[tuple[datetime, datetime, bool]] = []
    for one in duties:
        if key not in one.responders:
            continue
        begins = found.pop()[0] if found and found[-1][1] == one.from_at else one.from_at
        found.append((begins, one.until_at, False))
    return found


def _cell(spans: Iterable[tuple[datetime, datetime, bool]], day: date, zone: ZoneInfo) -> tuple[Block, ...]:
    begins, ends = midnight(day, zone), midnight(day + _DAY, zone)
    return tuple(
        _block(
            max(from_at, begins),
            min(until_at, ends),
            begins,
            ends,
            zone,
            before=from_at < begins,
            after=until_at > ends,
            meant=meant,
        )
        for from_at, until_at, meant in spans
        if from_at < ends and until_at > begins
    )


def _block(
    from_at: datetime,
    until_at: datetime,
    begins: datetime,
    ends: datetime,
    zone: ZoneInfo,
    *,
    before: bool,
    after: bool,
    meant: bool,
) -> Block:
    x = _minute(from_at, zone) if from_at > begins else 0
    # The last moment of a day is its end, and not the midnight that the clock shows.
    end = _MINUTES if until_at >= ends else _minute(until_at, zone)
    text = f"{from_at.astimezone(zone):%H:%M}–{'24:00' if until_at >= ends else f'{until_at.astimezone(zone):%H:%M}'}"
    return Block(x=x, width=max(1, end - x), text=text, before=before, after=after, meant=meant)


def _minute(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute
