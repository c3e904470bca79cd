"""A roster's page as values: the week, every gap ahead, the turns and stand-ins, and the contacts in doubt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.contacts.state import ContactState, Doubt, doubts
from alerts.routing.gaps import Felt
from console.roster.week import Week
from console.words import Words
from contracts import ResponderId
from homes.model import Hours, Responder, Roster
from homes.rosters import everybody

#: A contact that was tested longer ago counts as untested.
UNTESTED: Final = timedelta(days=30)
#: So far ahead gaps are listed.
AHEAD: Final = timedelta(days=14)
_SOON: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """A gap of the list on top."""

    roster_id: str
    roster: str
    text: str
    #: It begins within a day: the supervisor was told.
    soon: bool
    meant: bool


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """An override, with its place in the roster."""

    place: int
    text: str
    names: str
    over: bool


@dataclass(frozen=True, kw_only=True)
class Turns:
    """A rotation, with its place in the roster."""

    place: int
    names: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ContactLine:
    """Whether somebody on the roster can be relied upon to be reached."""

    name: str
    state: str
    doubtful: bool


@dataclass(frozen=True, kw_only=True)
class RosterView:
    """One roster."""

    roster_id: str
    name: str
    timezone: str
    mark: str
    week: Week
    stand_ins: tuple[StandIn, ...]
    turns: tuple[Turns, ...]
    contacts: tuple[ContactLine, ...]


def gap_lines(gaps: Iterable[Felt], rosters: Mapping[str, Roster], now: datetime) -> tuple[GapLine, ...]:
    """List gaps, the nearest first; those that are meant come after the others."""
    lines = [(one, rosters[one.roster_id]) for one in gaps if one.roster_id in rosters]
    lines.sort(key=lambda line: (line[0].meant, line[0].from_at, line[0].roster_id))
    return tuple(
        GapLine(
            roster_id=one.roster_id,
            roster=roster.name,
            text=span_text(one.from_at, one.until_at, ZoneInfo(roster.timezone)),
            soon=one.from_at - now < _SOON,
            meant=one.meant,
        )
        for one, roster in lines
    )


def span_text(from_at: datetime, until_at: datetime, zone: ZoneInfo) -> str:
    """Write a span by the clock: the day once where it does not leave it."""
    begins, ends = from_at.astimezone(zone), until_at.astimezone(zone)
    last = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{ends:%m.%d %H:%M}"
    return f"{begins:%m.%d %H:%M}–{last}"


def stand_ins_of(roster: Roster, people: Mapping[ResponderId, Responder], now: datetime) -> tuple[StandIn, ...]:
    """List who stands in, the latest first; what ended a day ago is left out."""
    zone = ZoneInfo(roster.timezone)
    found = [
        StandIn(
            place=place,
            text=span_text(one.from_at, one.until_at, zone),
            names=names_of(one.responders, people),
            over=one.until_at <= now,
        )
        for place, one in enumerate(roster.overrides)
        if one.until_at > now - timedelta(days=1)
    ]
    return tuple(sorted(found, key=lambda one: one.text))


def turns_of(roster: Roster, people: Mapping[ResponderId, Responder], words: Words) -> tuple[Turns, ...]:
    """List the rotations."""
    return tuple(
        Turns(
            place=place,
            names=names_of(one.responders, people),
            text=words(
                "roster.turn",
                days=one.days,
                handover=_clock(one.handover_minute),
                first=one.from_day.isoformat(),
                hours=" · ".join(_hours(span, words) for span in one.hours) or words("roster.always"),
            ),
        )
        for place, one in enumerate(roster.rotations)
    )


def contacts_of(
    roster: Roster,
    people: Mapping[ResponderId, Responder],
    states: dict[tuple[str, str, str], ContactState],
    words: Words,
    now: datetime,
) -> tuple[ContactLine, ...]:
    """Say of everybody on the roster whether their contacts were tested and answer."""
    known = [people[key] for key in sorted(everybody(roster)) if key in people]
    found = doubts(known, states, untested=UNTESTED, now=now)
    return tuple(
        _contact(one, [doubt for doubt in found if doubt.responder_id == one.responder_id], words) for one in known
    )


def _contact(person: Responder, found: Sequence[Doubt], words: Words) -> ContactLine:
    if not person.contacts:
        return ContactLine(name=person.name, state=words("roster.contact.none"), doubtful=True)
    # One that works is enough to be reached.
    if len(found) < len(person.contacts):
        return ContactLine(name=person.name, state=words("roster.contact.well"), doubtful=False)
    why = dict.fromkeys(word for doubt in found for word in (doubt.why or ("untested",)))
    said = " · ".join(words(f"roster.contact.{word}") for word in why)
    return ContactLine(name=person.name, state=said, doubtful=True)


def names_of(ids: Iterable[ResponderId], people: Mapping[ResponderId, Responder]) -> str:
    """Name people in calling order."""
    return " → ".join(people[key].name if key in people else key for key in ids)


def _hours(span: Hours, words: Words) -> str:
    clock = f"{_clock(span.from_minute)}–{_clock(span.until_minute)}"
    days = "" if len(span.days) == 7 else f"{''.join(words(f'weekday.{day}') for day in span.days)} "  # a whole week
    return f"{days}{clock}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
