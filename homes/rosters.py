"""Who is on duty by a roster, and when nobody will be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts import ResponderId
from homes.hours import open_at
from homes.model import Override, Responder, Roster, Rotation

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A span in which nobody is on duty."""

    roster_id: str
    from_at: datetime
    until_at: datetime
    #: An override without people says so: nobody is meant to be on duty.
    meant: bool = False


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A span in which the same people are on duty, in calling order; nobody named: a gap."""

    from_at: datetime
    until_at: datetime
    responders: tuple[ResponderId, ...]


def on_duty(roster: Roster, at: datetime) -> tuple[ResponderId, ...]:
    """Name who is on duty at a moment, in calling order, each once; an override replaces the rotations."""
    override = _override_at(roster, at)
    if override is not None:
        return tuple(dict.fromkeys(override.responders))
    zone = ZoneInfo(roster.timezone)
    holders = (holder(one, at, zone) for one in roster.rotations if open_at(one.hours, at, roster.timezone))
    return tuple(dict.fromkeys(one for one in holders if one is not None))


def duty(
    rosters: Iterable[Roster], people: Mapping[ResponderId, Responder], at: datetime
) -> dict[str, tuple[Responder, ...]]:
    """Tell of every roster who is on duty at a moment; whoever is unknown cannot be called and is left out."""
    return {one.roster_id: tuple(people[key] for key in on_duty(one, at) if key in people) for one in rosters}


def everybody(roster: Roster) -> frozenset[ResponderId]:
    """Name everybody whom a roster may ever name."""
    turns = (key for one in roster.rotations for key in one.responders)
    return frozenset(turns) | {key for one in roster.overrides for key in one.responders}


def holder(rotation: Rotation, at: datetime, zone: ZoneInfo) -> ResponderId | None:
    """Name whose turn it is in a rotation, whatever its hours; None before its first turn."""
    day = at.astimezone(zone).date()
    # Where the clocks leap over a handover or a whole day, the turn before goes on.
    while at < handover(rotation, day, zone):
        day -= _DAY
    turns = (day - rotation.from_day).days // rotation.days
    if turns < 0 or not rotation.responders:
        return None
    return rotation.responders[turns % len(rotation.responders)]


def handover(rotation: Rotation, day: date, zone: ZoneInfo) -> datetime:
    """Tell at which instant the clock of a day shows the time of the handover."""
    return _instant(day, rotation.handover_minute, zone)


def duties_between(roster: Roster, from_at: datetime, until_at: datetime) -> tuple[Duty, ...]:
    """Tell who is on duty from one moment to another, span by span, without a hole."""
    found: list[Duty] = []
    begins = from_at
    for ends in _moments(roster, from_at, until_at):
        people = on_duty(roster, begins)
        if found and found[-1].responders == people:
            found[-1] = replace(found[-1], until_at=ends)
        elif begins < ends:
            found.append(Duty(from_at=begins, until_at=ends, responders=people))
        begins = ends
    return tuple(found)


def _moments(roster: Roster, from_at: datetime, until_at: datetime) -> list[datetime]:
    inside = sorted(moment for moment in _edges(roster, from_at, until_at) if from_at < moment < until_at)
    return [*inside, until_at]


def gaps(roster: Roster, from_at: datetime, until_at: datetime) -> tuple[Gap, ...]:
    """Find every span between two moments in which nobody is on duty, in order."""
    moments = _moments(roster, from_at, until_at)
    found: list[Gap] = []
    begins = from_at
    for ends in moments:
        if not on_duty(roster, begins) and begins < ends:
            _append(found, roster, begins, ends)
        begins = ends
    return tuple(found)


def _append(found: list[Gap], roster: Roster, begins: datetime, ends: datetime) -> None:
    """Add a gap, as one with the gap that ends where it begins."""
    meant = _override_at(roster, begins) is not None
    if found and found[-1].until_at == begins and found[-1].meant == meant:
        begins = found.pop().from_at
    found.append(Gap(roster_id=roster.roster_id, from_at=begins, until_at=ends, meant=meant))


def _override_at(roster: Roster, at: datetime) -> Override | None:
    """Find the override that counts; of two that overlap, the one written later."""
    return next((one for one in reversed(roster.overrides) if one.from_at <= at < one.until_at), None)


def _edges(roster: Roster, from_at: datetime, until_at: datetime) -> Iterator[datetime]:
    """Name every moment at which somebody else may be on duty than before."""
    zone = ZoneInfo(roster.timezone)
    for override in roster.overrides:
        yield from (override.from_at, override.until_at)
    day, last = from_at.astimezone(zone).date() - _DAY, until_at.astimezone(zone).date() + _DAY
    minutes = {minute for one in roster.rotations for minute in _minutes(one)}
    while day <= last:
        for minute in minutes:
            # A clock that is put back shows the same time twice.
            yield from (_instant(day, minute, zone), _instant(day, minute, zone, fold=1))
        yield from _leap(day, zone)
        day += _DAY


def _minutes(rotation: Rotation) -> Iterator[int]:
    yield rotation.handover_minute
    for span in rotation.hours:
        yield from (0, span.from_minute, span.until_minute)


def _leap(day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Find the instant at which the clocks of a day are put forward or back, if they are."""
    before, after = _instant(day, 0, zone), _instant(day + _DAY, 0, zone)
    if _offset(before, zone) == _offset(after, zone):
        return
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    yield after.replace(microsecond=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _instant(day: date, minute: int, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    days, rest = divmod(minute, 24 * 60)
    clock = time(rest // 60, rest % 60, fold=fold)
    return datetime.combine(day + days * _DAY, clock, tzinfo=zone).astimezone(UTC)
