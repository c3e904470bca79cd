"""One alert as an operator reads it, in the order of the work: what, whom, who comes, the day, what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.model import LogLine
from alerts.outcomes import OUTCOME_WORDS, OutcomeCode, ResolvedBy
from console.people import about_of, responder_name
from console.rows import BoardRow, Entry, Viewer, room_of, row_of
from console.spans import ZONE, clock_time, countdown
from console.strips import Cell, DayPicture, day_of
from console.words import Words
from contracts import AlertChangeKind, AlertState
from homes.model import Home, Responder

_ICONS: Final[Mapping[AlertChangeKind, str]] = {
    AlertChangeKind.OPENED: "warning",
    AlertChangeKind.REPEATED: "repeat",
    AlertChangeKind.WORSENED: "up",
    AlertChangeKind.RESTORED: "pulse",
    AlertChangeKind.ESCALATED: "up",
    AlertChangeKind.LIST_EXHAUSTED: "people",
    AlertChangeKind.ACKNOWLEDGED: "person",
    AlertChangeKind.LEASE_EXPIRED: "clock",
    AlertChangeKind.NOTED: "note",
    AlertChangeKind.RESOLVED: "done",
    AlertChangeKind.NOTIFIED: "send",
    AlertChangeKind.DELIVERED: "message",
    AlertChangeKind.DELIVERY_FAILED: "cross",
    AlertChangeKind.ACCEPTED: "hand",
    AlertChangeKind.DECLINED: "cross",
}
_HOT: Final = frozenset(
    {
        AlertChangeKind.OPENED,
        AlertChangeKind.WORSENED,
        AlertChangeKind.LIST_EXHAUSTED,
        AlertChangeKind.LEASE_EXPIRED,
        AlertChangeKind.ACCEPTED,
        AlertChangeKind.RESOLVED,
    }
)
_GROUPS: Final = {"E": "emergency", "C": "care", "N": "no_emergency", "T": "technical", "X": "test", "U": "unresolved"}


@dataclass(frozen=True, kw_only=True)
class ContactLine:
    """A responder of the home, and what became of calling them."""

    name: str
    about: str
    phone: str
    state: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """One line of the alert's log."""

    at: str
    time: str
    icon: str
    text: str
    by: str
    hot: bool


@dataclass(frozen=True, kw_only=True)
class Detail:
    """The detail pane."""

    id: str
    row: BoardRow
    about: str
    opened_at: str
    elapsed: str
    step: int
    can_acknowledge: bool
    owned: str
    resolved: bool
    phone: str
    hazards: str
    facts: tuple[tuple[str, str], ...]
    contacts: tuple[ContactLine, ...]
    day: DayPicture | None
    last_heard: str
    timeline: tuple[TimelineLine, ...]
    short_id: str
    outcomes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    resolvers: tuple[tuple[str, str], ...]


def detail_of(
    entry: Entry,
    log: Sequence[LogLine],
    rooms: Mapping[str, Sequence[Cell]],
    viewer: Viewer,
    *,
    last_heard: datetime | None = None,
    now: datetime,
) -> Detail:
    """Write the detail pane; `rooms` are the last 24 hours by room."""
    alert, home, words = entry.alert, entry.home, viewer.words
    row = row_of(entry, viewer, now)
    named = {room_of(room, words): cells for room, cells in rooms.items()}
    place = f"{home.district.dong} · {home.address}" if home else ""
    heard = clock_time(last_heard, now=now, zone=ZONE) if last_heard else ""
    resolved = alert.state is AlertState.RESOLVED
    return Detail(
        id=alert.alert_id,
        row=row,
        about=" · ".join(part for part in (about_of(home, words, now), place) if part),
        opened_at=alert.opened_at.isoformat(),
        elapsed=countdown(now - alert.opened_at),
        step=alert.step,
        can_acknowledge=not resolved and (alert.rings or alert.owner is None),
        owned=words("state.resolved") if resolved else words("act.owned", name=row.owner),
        resolved=resolved,
        phone=home.resident.phone if home else "",
        hazards=home.resident.hazards if home else "",
        facts=_facts_of(home, words, mine=row.mine),
        contacts=tuple(_contact_of(one, log, words, now) for one in home.responders) if home else (),
        day=day_of(named, since=alert.since, now=now.astimezone(ZONE)) if named else None,
        last_heard=words("day.last_heard", time=heard) if heard else "",
        timeline=tuple(_line_of(line, home, words, now) for line in reversed(log)),
        short_id=f"A-{alert.opened_at.astimezone(ZONE):%y%m%d}-{alert.alert_id[:4]}",
        outcomes=outcome_choices(words),
        resolvers=tuple((by.value, words(f"by.{by}")) for by in ResolvedBy),
    )


def outcome_choices(words: Words) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """List the outcome codes by group, in the viewer's language."""
    korean = words.language == "ko"
    said = {code: text.ko if korean else text.en for code, text in OUTCOME_WORDS.items()}
    return tuple(
        (words(f"outcome.{name}"), tuple((code.value, said[code]) for code in OutcomeCode if code.value[0] == letter))
        for letter, name in _GROUPS.items()
    )


def _facts_of(home: Home | None, words: Words, *, mine: bool) -> tuple[tuple[str, str], ...]:
    if home is None:
        return ()
    person = home.resident
    # A door code is for whoever has the case in hand.
    entry = home.entry if mine or not home.entry else words("person.entry_hidden")
    whole = f"{home.district.city} {home.district.gu} {home.district.dong} {home.address}"
    facts = (
        ("pin", whole),
        ("key", entry),
        ("heart", person.health),
        ("ear", person.hearing),
        ("paw", person.animals),
    )
    return tuple((icon, text) for icon, text in facts if text)


def _contact_of(responder: Responder, log: Sequence[LogLine], words: Words, now: datetime) -> ContactLine:
    about = [words(f"kind.{responder.kind}")]
    if responder.distance_km is not None:
        about.append(f"{responder.distance_km:g} km")
    if responder.has_key:
        about.append(words("contacts.has_key"))
    calls = {line.notification_id for line in log if line.notification_id and line.by == responder.responder_id}
    its = [line for line in log if line.by == responder.responder_id or line.notification_id in calls]
    state = tuple(
        f"{words(f'delivery.{line.change}')} {clock_time(line.at, now=now, zone=ZONE)}"
        for line in its[-2:]
        if f"delivery.{line.change}" in words.texts
    )
    return ContactLine(
        name=responder.name,
        about=" · ".join(about),
        phone=responder.phone,
        state=state or (words("delivery.waiting"),),
    )


def _line_of(line: LogLine, home: Home | None, words: Words, now: datetime) -> TimelineLine:
    text = words(f"change.{line.change}", step=line.step)
    return TimelineLine(
        at=line.at.isoformat(),
        time=clock_time(line.at, now=now, zone=ZONE),
        icon=_ICONS.get(line.change, "clock"),
        text=f"{text}: {line.text}" if line.text else text,
        by=responder_name(home, line.by) if line.by else words("by.service"),
        hot=line.change in _HOT,
    )
