"""The figures as a supervisor reads them: beside their targets, over the day, and by where they come from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.figures.breakdowns import FLOOD_SHARE, STALE_MOST, Accounts, Hour, Load
from alerts.figures.cases import Case
from alerts.figures.figures import Figures, Late
from alerts.wording import HAZARD_WORDS
from console.reports.saying import NOTHING, Measure, Took, measure_of, percent, say, seconds, share_of, took_of
from console.spans import ZONE
from console.words import Words

#: What a table of places shows of each.
COLUMNS: Final = ("answered_in_60", "answered_in_180", "arrived_in_45", "false_share", "positive_predictive_value")
_HEIGHT: Final = 100
#: From which share of calls answered within a minute an hour is tinted how.
_TINTS: Final = ((0.975, "ok"), (0.9, "t3"), (0.8, "t2"), (0.0, "t1"))


class LateReason(StrEnum):
    """Why an answer came after 180 s."""

    OVERLOAD = "overload"
    STAFFING = "staffing"
    SYSTEM = "system"
    LINE = "line"
    HANDLING = "handling"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What a supervisor wrote of a late answer."""

    at: datetime
    by: str
    reason: LateReason
    text: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One hour of the day in the heat table, and its bar."""

    hour: str
    cases: int
    share: str
    tint: str
    median: str
    #: Of the chart: the whole bar, and the part that was answered within a minute.
    height: float
    in_time: float


@dataclass(frozen=True, kw_only=True)
class Place:
    """One district or rule with its figures."""

    name: str
    about: str
    cases: int
    calls: int
    values: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class LateRow:
    """A call that waited for more than 180 s, and why."""

    alert_id: str
    rang: str
    waited: str
    dong: str
    reason: str
    text: str
    by: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One part of a whole beside the part that it should be."""

    name: str
    count: int
    share: str
    should: str
    x: float
    width: float
    bad: bool = False


@dataclass(frozen=True, kw_only=True)
class View:
    """The whole page."""

    counts: tuple[tuple[str, int], ...]
    measures: tuple[Measure, ...]
    times: tuple[Took, ...]
    hours: tuple[Column, ...]
    districts: tuple[Place, ...]
    rules: tuple[Place, ...]
    load: tuple[Bar, ...]
    flood: str
    flooded: bool
    mix: tuple[Bar, ...]
    stale: int
    stale_bad: bool
    late: tuple[LateRow, ...]
    #: Late answers of which nobody has said why.
    unexplained: int


def view_of(accounts: Accounts, cases: Sequence[Case], reasons: Mapping[str, Reason], words: Words) -> View:
    """Write the figures of a span."""
    whole, share = accounts.whole, accounts.load.flood_share
    dongs = {one.district_id: one.dong for one in cases}
    hazards = {one.rule: say(HAZARD_WORDS[one.hazard], words) for one in cases}
    late = tuple(_late(whole.late, {one.alert_id: one for one in cases}, reasons, words))
    return View(
        counts=tuple((name, getattr(whole, name)) for name in ("cases", "calls", "inactivity", "technical")),
        measures=tuple(measure_of(one, words) for one in whole.shares),
        times=tuple(took_of(one, words) for one in whole.spreads),
        hours=tuple(_columns(accounts.hours)),
        districts=tuple(_place(dongs.get(key) or NOTHING, "", found) for key, found in accounts.districts.items()),
        rules=tuple(_place(key, hazards.get(key, ""), found) for key, found in accounts.rules.items()),
        load=tuple(_loads(accounts.load)),
        flood=percent(share),
        flooded=share is not None and share >= FLOOD_SHARE,
        mix=tuple(_mix(accounts)),
        stale=accounts.stale,
        stale_bad=accounts.stale > STALE_MOST,
        late=late,
        unexplained=sum(not row.reason for row in late),
    )


def _columns(hours: Iterable[Hour]) -> Iterable[Column]:
    found = tuple(hours)
    most = max((hour.cases for hour in found), default=0) or 1
    for hour in found:
        share = hour.in_time / hour.answered if hour.answered else None
        yield Column(
            hour=f"{hour.hour:02}",
            cases=hour.cases,
            share=percent(share).removesuffix(" %"),
            tint="" if share is None else next(tint for least, tint in _TINTS if share >= least),
            median=seconds(hour.median),
            height=round(_HEIGHT * hour.cases / most, 1),
            in_time=round(_HEIGHT * hour.in_time / most, 1),
        )


def _place(name: str, about: str, found: Figures) -> Place:
    values = tuple(share_of(found, column) for column in COLUMNS)
    return Place(name=name, about=about, cases=found.cases, calls=found.calls, values=values)


def _late(
    late: Iterable[Late], cases: Mapping[str, Case], reasons: Mapping[str, Reason], words: Words
) -> Iterable[LateRow]:
    for one in late:
        said = reasons.get(one.alert_id)
        yield LateRow(
            alert_id=one.alert_id,
            rang=f"{one.rang_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
            waited=words("sla.not_yet") if one.waited_seconds is None else seconds(one.waited_seconds),
            dong=cases[one.alert_id].dong or NOTHING,
            reason=words(f"late.{said.reason}") if said else "",
            text=said.text if said else "",
            by=said.by if said else "",
        )


def _loads(load: Load) -> Iterable[Bar]:
    x = 0.0
    for name, count in (("calm", load.calm), ("limit", load.limit), ("heavy", load.heavy), ("flood", load.flood)):
        share = count / load.windows if load.windows else None
        width = round(100 * (share or 0), 2)
        yield Bar(name=name, count=count, share=percent(share), should="", x=round(x, 2), width=width)
        x += width


def _mix(accounts: Accounts) -> Iterable[Bar]:
    for part in accounts.mix:
        share = part.count / part.of if part.of else None
        yield Bar(
            name=part.name,
            count=part.count,
            share=percent(share),
            should=f"{part.should:.0%}",
            x=round(100 * part.should, 1),
            width=round(100 * (share or 0), 1),
        )
