"""The same cases by hour of day, by district, by rule, by load and by severity: where to look for the reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.figures.cases import Case, Kind, within
from alerts.figures.figures import MINUTE, WINDOW, Figures, figures_of
from contracts import Severity

#: New alerts of ten minutes for one person: so many are calm, so many are the limit, more than so many are a flood.
CALM: Final = 1
LIMIT: Final = 2
FLOOD: Final = 10
#: No more than this share of the time may be a flood, and no more than so many cases may be open for a day.
FLOOD_SHARE: Final = 0.01
STALE_MOST: Final = 4
#: How alarms should be spread over what is most, less and least urgent.
MIX: Final = (("high", 0.05), ("medium", 0.15), ("low", 0.80))
HOURS: Final = range(24)


@dataclass(frozen=True, kw_only=True)
class Hour:
    """One hour of the day, over all days of the span."""

    hour: int
    cases: int
    #: Calls that were answered, and those within a minute.
    answered: int
    in_time: int
    median: float | None


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many ten minutes of the span were how heavy for each person at work."""

    windows: int
    calm: int
    limit: int
    heavy: int
    flood: int

    @property
    def flood_share(self) -> float | None:
        """Tell the share of the time that was a flood."""
        return self.flood / self.windows if self.windows else None


@dataclass(frozen=True, kw_only=True)
class Part:
    """How many are of one kind, and which share should be."""

    name: str
    count: int
    of: int
    should: float


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """All of a span: the figures, and where they come from."""

    whole: Figures
    hours: tuple[Hour, ...]
    #: By district's id and by rule.
    districts: Mapping[str, Figures]
    rules: Mapping[str, Figures]
    load: Load
    mix: tuple[Part, ...]
    stale: int


def accounts_of(
    cases: Sequence[Case], from_at: datetime, until_at: datetime, now: datetime, zone: ZoneInfo
) -> Accounts:
    """Count everything of a span that ends at `until_at`, or now."""
    return Accounts(
        whole=figures_of(cases, now),
        hours=hours_of(cases, zone),
        districts=by(cases, lambda one: one.district_id, now),
        rules=by(cases, lambda one: one.rule, now),
        load=load_of(cases, from_at, min(until_at, now)),
        mix=mix_of(cases),
        stale=sum(one.stale(now) for one in cases),
    )


def by(cases: Iterable[Case], key: Callable[[Case], str], now: datetime) -> dict[str, Figures]:
    """Count the cases of each key apart, most cases first."""
    parts: dict[str, list[Case]] = defaultdict(list)
    for one in cases:
        parts[key(one)].append(one)
    return {name: figures_of(parts[name], now) for name in sorted(parts, key=lambda name: (-len(parts[name]), name))}


def hours_of(cases: Iterable[Case], zone: ZoneInfo) -> tuple[Hour, ...]:
    """Count by the hour of the clock on the wall in which it rang."""
    parts: dict[int, list[Case]] = defaultdict(list)
    for one in cases:
        parts[one.rang_at.astimezone(zone).hour].append(one)
    return tuple(_hour(hour, parts[hour]) for hour in HOURS)


def _hour(hour: int, cases: Sequence[Case]) -> Hour:
    calls = [one for one in cases if one.kind is Kind.CALL]
    waits = sorted((one.answered_at - one.rang_at).total_seconds() for one in calls if one.answered_at)
    return Hour(
        hour=hour,
        cases=len(cases),
        answered=len(waits),
        in_time=sum(within(one.rang_at, one.answered_at, MINUTE) for one in calls),
        median=waits[(len(waits) - 1) // 2] if waits else None,
    )


def load_of(cases: Iterable[Case], from_at: datetime, until_at: datetime) -> Load:
    """Sort each ten minutes by how many new alerts came for each person who answered one of them."""
    opened: dict[int, int] = defaultdict(int)
    busy: dict[int, set[str]] = defaultdict(set)
    for one in cases:
        window = int(one.opened_at.timestamp() // WINDOW.total_seconds())
        opened[window] += 1
        if one.answered_by:
            busy[window].add(one.answered_by)
    loads = [count / max(len(busy[window]), 1) for window, count in opened.items()]
    windows = max(int(max(until_at - from_at, timedelta()) / WINDOW), len(loads))
    limit, heavy, flood = (
        sum(low < load <= high for load in loads)
        for low, high in ((CALM, LIMIT), (LIMIT, FLOOD), (FLOOD, float("inf")))
    )
    return Load(windows=windows, calm=windows - limit - heavy - flood, limit=limit, heavy=heavy, flood=flood)


def mix_of(cases: Iterable[Case]) -> tuple[Part, ...]:
    """Count how urgent the alerts were; what ails a device alone is no alarm for an operator."""
    counts = {name: 0 for name, _ in MIX}
    for one in cases:
        if one.severity is not Severity.DEVICE:
            counts[_URGENCY.get(one.severity, "low")] += 1
    of = sum(counts.values())
    return tuple(Part(name=name, count=counts[name], of=of, should=should) for name, should in MIX)


_URGENCY: Final = {Severity.EMERGENCY: "high", Severity.URGENT: "medium"}
