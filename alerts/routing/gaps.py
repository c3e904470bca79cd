"""The gaps of a roster that would be felt: when a step of a policy would call it, and nobody is on duty."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from homes.hours import open_at, shift_at
from homes.model import Policy, PolicyStep, Roster, When
from homes.rosters import Gap, gaps

#: A supervisor hears of a gap so long before it begins.
WARNED_AHEAD: Final = timedelta(hours=24)
_DAY: Final = timedelta(days=1)
#: When the office of the dong opens and closes: the shift of a step changes there.
_SHIFTS: Final = (9 * 60, 18 * 60)
_MINUTES: Final = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Felt:
    """A span in which a call would find nobody on duty."""

    roster_id: str
    from_at: datetime
    until_at: datetime
    #: An override without people says so.
    meant: bool


def steps_for(roster_id: str, policies: Iterable[Policy]) -> list[PolicyStep]:
    """List the steps that call a roster."""
    return [step for policy in policies for step in policy.steps if roster_id in step.rosters]


def felt_gaps(roster: Roster, policies: Iterable[Policy], from_at: datetime, until_at: datetime) -> tuple[Felt, ...]:
    """Find the spans in which a step would call the roster and nobody is on duty, in order.

    A roster that no step names yet is kept at all hours: nobody has said when it is needed.
    """
    whens = [step.when for step in steps_for(roster.roster_id, policies)]
    return tuple(felt for gap in gaps(roster, from_at, until_at) for felt in _felt(gap, whens, roster))


def gaps_ahead(rosters: Iterable[Roster], policies: Iterable[Policy], now: datetime) -> tuple[Felt, ...]:
    """Find the gaps of the next 24 hours that nobody meant, in rosters that a policy calls."""
    known = list(policies)
    return tuple(
        felt
        for roster in rosters
        if steps_for(roster.roster_id, known)
        for felt in felt_gaps(roster, known, now, now + WARNED_AHEAD)
        if not felt.meant
    )


def _felt(gap: Gap, whens: list[When], roster: Roster) -> Iterator[Felt]:
    begins: datetime | None = None
    for at in [*_edges(gap, whens, roster.timezone), gap.until_at]:
        needed = at < gap.until_at and (not whens or any(_is_time(when, at, roster.timezone) for when in whens))
        if begins is None and needed:
            begins = at
        if begins is not None and not needed:
            yield Felt(roster_id=roster.roster_id, from_at=begins, until_at=at, meant=gap.meant)
            begins = None


def _edges(gap: Gap, whens: list[When], timezone: str) -> list[datetime]:
    """Name every moment inside a gap at which a step may begin or cease to call."""
    zone = ZoneInfo(timezone)
    minutes = {0, *_SHIFTS} | {
        edge for when in whens for one in when.hours for edge in (one.from_minute, one.until_minute)
    }
    day, last = gap.from_at.astimezone(zone).date() - _DAY, gap.until_at.astimezone(zone).date()
    found = {gap.from_at}
    while day <= last:
        for minute in minutes:
            clock = time(minute % _MINUTES // 60, minute % 60)
            at = datetime.combine(day + minute // _MINUTES * _DAY, clock, tzinfo=zone).astimezone(UTC)
            if gap.from_at < at < gap.until_at:
                found.add(at)
        day += _DAY
    return sorted(found)


def _is_time(when: When, at: datetime, timezone: str) -> bool:
    return (when.shift is None or shift_at(at, timezone) is when.shift) and open_at(when.hours, at, timezone)
