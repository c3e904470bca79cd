"""Who is next in line in each dong: those on duty whom its policies call now, and whoever has the turn after them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts import ResponderId, Severity
from homes.hours import open_at, shift_at
from homes.model import District, Policy, PolicyStep, Responder, Roster
from homes.rosters import duties_between

NEXT: Final = 3
#: Whoever has no turn within this is not next.
_AHEAD: Final = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class Next:
    """Somebody in line; `since` is when their duty begins, and lies behind for whoever is on duty now."""

    name: str
    since: datetime
    now: bool
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class DongLine:
    """The line of one dong; empty: no policy of its homes calls a roster now."""

    dong: str
    people: tuple[Next, ...]


def lines_of(
    districts: Iterable[tuple[District, tuple[str, ...]]],
    policies: Mapping[str, Policy],
    rosters: Mapping[str, Roster],
    people: Mapping[ResponderId, Responder],
    now: datetime,
) -> tuple[DongLine, ...]:
    """Say who is called next in every dong, were there an emergency now."""
    found = []
    for district, named in districts:
        steps = [step for key in named if key in policies for step in policies[key].steps]
        called = [key for step in steps for key in step.rosters if _applies(step, district, rosters.get(key), now)]
        line = _next([rosters[key] for key in dict.fromkeys(called)], people, now)
        found.append(DongLine(dong=district.dong, people=line))
    return tuple(found)


def _applies(step: PolicyStep, district: District, roster: Roster | None, now: datetime) -> bool:
    if roster is None:
        return False
    when = step.when
    return (
        (not when.severities or Severity.EMERGENCY in when.severities)
        and (not when.districts or district.district_id in when.districts)
        and (when.shift is None or shift_at(now, roster.timezone) is when.shift)
        and open_at(when.hours, now, roster.timezone)
    )


def _next(rosters: list[Roster], people: Mapping[ResponderId, Responder], now: datetime) -> tuple[Next, ...]:
    turns = [
        (duty.from_at, place, key)
        for roster in rosters
        for duty in duties_between(roster, now, now + _AHEAD)
        for place, key in enumerate(duty.responders)
    ]
    # Whoever is on duty comes first, in the order in which the policy calls the rosters.
    turns.sort(key=lambda turn: turn[0])
    seen: dict[ResponderId, datetime] = {}
    for since, _, key in turns:
        if key in people:
            seen.setdefault(key, since)
    return tuple(
        Next(name=people[key].name, since=since, now=since <= now, reachable=bool(people[key].contacts))
        for key, since in list(seen.items())[:NEXT]
    )
