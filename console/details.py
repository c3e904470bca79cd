"""One alert as an operator reads it, in the order of the work: what, whom, who comes, the day, what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.model import LogLine
from console.choices import Choices, about_responder, choices_of
from console.people import about_of
from console.rows import BoardRow, Entry, Viewer, room_of, row_of, shown_to
from console.spans import ZONE, clock_time, countdown
from console.standing import Standing, standing_of
from console.strips import Cell, DayPicture, day_of
from console.timeline import TimelineLine, timeline_of
from console.words import Words
from homes.model import Home, Responder


@dataclass(frozen=True, kw_only=True)
class ContactLine:
    """A responder of the home, and what became of calling them."""

    id: str
    name: str
    about: str
    phone: str
    state: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Detail:
    """The detail pane."""

    id: str
    row: BoardRow
    about: str
    opened_at: str
    elapsed: str
    step: int
    standing: Standing
    phone: str
    hazards: str
    facts: tuple[tuple[str, str], ...]
    home_id: str
    #: There is a way in to be shown: never in the page before it was asked for.
    has_entry: bool
    contacts: tuple[ContactLine, ...]
    day: DayPicture | None
    last_heard: str
    timeline: tuple[TimelineLine, ...]
    short_id: str
    choices: Choices


def detail_of(
    entry: Entry,
    log: Sequence[LogLine],
    rooms: Mapping[str, Sequence[Cell]],
    viewer: Viewer,
    *,
    last_heard: datetime | None = None,
    centres: Sequence[str] = (),
    colleagues: Sequence[str] = (),
    now: datetime,
) -> Detail:
    """Write the detail pane; `rooms` are the last 24 hours by room."""
    alert, home, words = entry.alert, shown_to(entry, viewer).home, viewer.words
    # What people wrote freely may name anybody.
    log = [replace(line, text="") for line in log] if viewer.masked else log
    row = row_of(entry, viewer, now)
    named = {room_of(room, words): cells for room, cells in rooms.items()}
    place = " · ".join(part for part in (home.district.dong, home.address) if part) if home else ""
    heard = clock_time(last_heard, now=now, zone=ZONE) if last_heard else ""
    return Detail(
        id=alert.alert_id,
        row=row,
        about=" · ".join(part for part in (about_of(home, words, now), place) if part),
        opened_at=alert.opened_at.isoformat(),
        elapsed=countdown(now - alert.opened_at),
        step=alert.step,
        standing=standing_of(alert, home, row.owner, words, now),
        phone=home.resident.phone if home else "",
        hazards=home.resident.hazards if home else "",
        facts=() if viewer.masked else _facts_of(home),
        home_id=alert.home_id if home else "",
        has_entry=bool(home and home.entry),
        contacts=tuple(_contact_of(one, log, words, now) for one in home.responders) if home else (),
        day=day_of(named, since=alert.since, now=now.astimezone(ZONE)) if named else None,
        last_heard=words("day.last_heard", time=heard) if heard else "",
        timeline=timeline_of(log, home, words, now),
        short_id=row.number,
        choices=choices_of(home, alert.severity, words, centres, colleagues),
    )


def _facts_of(home: Home | None) -> tuple[tuple[str, str], ...]:
    if home is None:
        return ()
    person = home.resident
    whole = f"{home.district.city} {home.district.gu} {home.district.dong} {home.address}"
    facts = (("pin", whole), ("heart", person.health), ("ear", person.hearing), ("paw", person.animals))
    return tuple((icon, text) for icon, text in facts if text)


def _contact_of(responder: Responder, log: Sequence[LogLine], words: Words, now: datetime) -> ContactLine:
    calls = {line.notification_id for line in log if line.notification_id and line.by == responder.responder_id}
    its = [line for line in log if line.by == responder.responder_id or line.notification_id in calls]
    state = tuple(
        f"{words(f'delivery.{line.change}')} {clock_time(line.at, now=now, zone=ZONE)}"
        for line in its[-2:]
        if f"delivery.{line.change}" in words.texts
    )
    return ContactLine(
        id=responder.responder_id,
        name=responder.name,
        about=about_responder(responder, words),
        phone=responder.phone,
        state=state or (words("delivery.waiting"),),
    )
