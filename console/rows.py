"""One line of the board: who, what and why, by when, and who has it in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.incidents.model import is_loss
from alerts.model import Alert
from console.duties import PRESSING, duty_span, left_of
from console.people import about_of, name_of, place_of, veiled
from console.progress import marks_of, owner_of, progress_of, steps_of
from console.spans import ZONE, clock_time, countdown, span
from console.strips import Cell, Strip, strip_of
from console.words import Words
from contracts import AlertState, Severity
from homes.model import Home

#: The symbol of a severity.
SYMBOLS: Final[Mapping[Severity, str]] = {
    Severity.EMERGENCY: "1",
    Severity.URGENT: "2",
    Severity.CAUTION: "3",
    Severity.NOTICE: "4",
    Severity.DEVICE: "T",
}


class Section(StrEnum):
    """Where a row stands; it stands in exactly one."""

    NEW = "new"
    MINE = "mine"
    OTHERS = "others"
    WATCHING = "watching"
    DEVICES = "devices"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An alert with what the board shows beside it."""

    alert: Alert
    home: Home | None = None
    cells: Sequence[Cell] = ()


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """For whose eyes a page is made."""

    name: str
    words: Words
    #: How long an acknowledgement holds in this centre.
    lease_seconds: int = 600
    #: They read with names, numbers, codes and illnesses masked.
    masked: bool = False


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """One line of the board, in the viewer's words."""

    id: str
    v: int
    p: str
    severity: Severity
    section: Section
    sort: str
    new: bool
    mine: bool
    #: What must be seen at one look.
    marks: tuple[str, ...]
    due_at: str
    due: str
    due_sub: str
    soon_seconds: int
    name: str
    about: str
    place: str
    what: str
    why: str
    strip: Strip | None
    steps: tuple[str, ...]
    progress: str
    owner: str
    owner_initial: str
    owner_class: str
    raised: str
    say: str
    home: str
    #: The case as one names it on the telephone.
    number: str
    dong: str
    #: It may stand in an incident's list instead of in its own line.
    loss: bool


def shown_to(entry: Entry, viewer: Viewer) -> Entry:
    """Give an entry as the viewer may read it."""
    return replace(entry, home=veiled(entry.home)) if viewer.masked and entry.home else entry


def section_of(alert: Alert, viewer: str) -> Section:
    """Tell where an alert stands for this operator."""
    if alert.severity is Severity.DEVICE:
        return Section.DEVICES
    # What the home is asked about is in nobody's hands either.
    if alert.rings or alert.state is AlertState.CHECKING:
        return Section.NEW
    if alert.state is AlertState.WATCHING:
        return Section.WATCHING
    return Section.MINE if alert.owner == viewer else Section.OTHERS


def sort_key(alert: Alert) -> str:
    """Order alerts inside a section by text: severity, true cases before tests, due time, raised time, id."""
    due = instant(alert.due_at) if alert.due_at else "~"
    return f"{alert.severity.rank}|{alert.test:d}|{due}|{instant(alert.opened_at)}|{alert.alert_id}"


def row_of(entry: Entry, viewer: Viewer, now: datetime) -> BoardRow:
    """Write one row."""
    alert, home, words = entry.alert, shown_to(entry, viewer).home, viewer.words
    name, about = name_of(home, alert), about_of(home, words, now)
    what = sentence_of(alert, words)
    mine = alert.owner == viewer.name
    owner, owner_class = owner_of(alert, home, words, mine=mine)
    left = left_of(alert, now)
    return BoardRow(
        id=alert.alert_id,
        v=alert.version,
        p=SYMBOLS[alert.severity],
        severity=alert.severity,
        section=section_of(alert, viewer.name),
        sort=sort_key(alert),
        new=alert.rings,
        mine=mine,
        marks=marks_of(alert, words),
        due_at=instant(alert.due_at) if alert.due_at else "",
        due=countdown(left) if left is not None else "—",
        due_sub=words(f"due.{alert.due_for}") if alert.due_at else "",
        soon_seconds=int(duty_span(alert, viewer.lease_seconds) * PRESSING),
        name=name,
        about=about,
        place=place_of(home),
        what=what,
        why=why_of(alert, words, now),
        strip=day_strip(entry, now),
        steps=steps_of(alert),
        progress=progress_of(alert, home, words, now),
        owner=owner,
        owner_initial=owner[:1] if owner_class != "no" else "·",
        owner_class=owner_class,
        raised=clock_time(alert.opened_at, now=now, zone=ZONE),
        home=alert.home_id,
        number=number_of(alert),
        dong=home.district.dong if home else "",
        loss=is_loss(alert),
        say=words("say", severity=words(f"severity.{alert.severity}"), name=name, what=what),
    )


def number_of(alert: Alert) -> str:
    """Name a case briefly: its day and the beginning of its id."""
    return f"A-{alert.opened_at.astimezone(ZONE):%y%m%d}-{alert.alert_id[:4]}"


def day_strip(entry: Entry, now: datetime) -> Strip | None:
    """Draw an alert's last 24 hours; None where nothing is known of them."""
    return strip_of(entry.cells, since=entry.alert.since, now=now.astimezone(ZONE)) if entry.cells else None


def sentence_of(alert: Alert, words: Words) -> str:
    """Say what happened, in the viewer's language; a test says that it is one."""
    said = headline_of(alert, words)[0]
    return f"{words('state.test')} · {said}" if alert.test else said


def why_of(alert: Alert, words: Words, now: datetime) -> str:
    """Say what stands behind it: where, the usual, the limit in force, how late, how often."""
    evidence, korean = alert.evidence, words.language == "ko"
    parts = list(headline_of(alert, words)[1:]) or _told_by_values(alert, words, now)
    if evidence.baseline:
        parts.append(evidence.baseline.ko if korean else evidence.baseline.en)
    if alert.repeats:
        parts.append(words("why.repeats", n=alert.repeats))
    if alert.restored_at:
        parts.append(words("why.restored", time=clock_time(alert.restored_at, now=now, zone=ZONE)))
    return " · ".join(parts) or words("why.since", time=clock_time(alert.since, now=now, zone=ZONE))


def headline_of(alert: Alert, words: Words) -> tuple[str, ...]:
    """Take the detector's sentence apart: what happened, and what it says beside, with the room in our words."""
    evidence = alert.evidence
    said = (evidence.sentence.ko if words.language == "ko" else evidence.sentence.en).split(" · ")
    parts = [room_of(part, words) if part == evidence.room else part for part in said]
    return (parts[0][:1].upper() + parts[0][1:], *parts[1:])


def _told_by_values(alert: Alert, words: Words, now: datetime) -> list[str]:
    evidence = alert.evidence
    parts = [room_of(evidence.room, words)] if evidence.room else []
    if evidence.limit is not None:
        parts.append(words("why.limit", limit=_limit(alert, evidence.limit, words)))
    if alert.late:
        parts.append(words("why.late", ago=span(words, now - alert.since)))
    return parts


def room_of(room: str, words: Words) -> str:
    """Say a room's name; one that we have no word for stays as it was registered."""
    return words.texts.get(f"room.{room}", room)


def _limit(alert: Alert, limit: float, words: Words) -> str:
    in_seconds = any(key.endswith("_seconds") for key in alert.evidence.values)
    return span(words, timedelta(seconds=limit)) if in_seconds else f"{limit:g}"


def instant(at: datetime) -> str:
    """Write a moment so that a script can read it, and so that texts sort as moments do."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
