"""One line of the board: who, what and why, by when, and who has it in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from alerts.incidents.model import is_loss
from alerts.model import Alert, DueFor
from alerts.reaching import TRAVEL
from console.spans import clock_time, countdown, span
from console.strips import Cell, Strip, strip_of
from console.words import Words
from contracts import AlertState, Severity
from homes.model import Home

#: The clock on the centre's wall.
ZONE: Final = ZoneInfo("Asia/Seoul")
#: The symbol of a severity.
SYMBOLS: Final[Mapping[Severity, str]] = {
    Severity.EMERGENCY: "1",
    Severity.URGENT: "2",
    Severity.CAUTION: "3",
    Severity.NOTICE: "4",
    Severity.DEVICE: "T",
}
#: A due time is pressing in the last quarter of its span.
PRESSING: Final = 0.25


class Section(StrEnum):
    """Where a row stands; it stands in exactly one."""

    NEW = "new"
    MINE = "mine"
    OTHERS = "others"
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
    again: int
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
    #: It may stand in an incident's list instead of in its own line.
    loss: bool


def section_of(alert: Alert, viewer: str) -> Section:
    """Tell where an alert stands for this operator."""
    if alert.severity is Severity.DEVICE:
        return Section.DEVICES
    if alert.rings:
        return Section.NEW
    return Section.MINE if alert.owner == viewer else Section.OTHERS


def sort_key(alert: Alert) -> str:
    """Order alerts inside a section by text: severity, true cases before tests, due time, raised time, id."""
    due = instant(alert.due_at) if alert.due_at else "~"
    return f"{alert.severity.rank}|{alert.test:d}|{due}|{instant(alert.opened_at)}|{alert.alert_id}"


def row_of(entry: Entry, viewer: Viewer, now: datetime) -> BoardRow:
    """Write one row."""
    alert, home, words = entry.alert, entry.home, viewer.words
    name, about = name_of(home, alert), about_of(home, words, now)
    what = sentence_of(alert, words)
    mine = alert.owner == viewer.name
    owner, owner_class = _owner_of(alert, home, words, mine=mine)
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
        again=alert.again,
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
        steps=_steps_of(alert),
        progress=_progress_of(alert, home, words),
        owner=owner,
        owner_initial=owner[:1] if owner_class != "no" else "·",
        owner_class=owner_class,
        raised=clock_time(alert.opened_at, now=now, zone=ZONE),
        home=alert.home_id,
        loss=is_loss(alert),
        say=words("say", severity=words(f"severity.{alert.severity}"), name=name, what=what),
    )


def day_strip(entry: Entry, now: datetime) -> Strip | None:
    """Draw an alert's last 24 hours; None where nothing is known of them."""
    return strip_of(entry.cells, since=entry.alert.since, now=now.astimezone(ZONE)) if entry.cells else None


def is_pressing(alert: Alert, viewer: Viewer, now: datetime) -> bool:
    """Tell whether the next duty is due soon."""
    left = left_of(alert, now)
    return left is not None and timedelta() < left < timedelta(
        seconds=duty_span(alert, viewer.lease_seconds) * PRESSING
    )


def duty_span(alert: Alert, lease_seconds: int) -> int:
    """Tell how many seconds there were for the duty that is due next; a lease lasts so long, a way takes longer."""
    match alert.due_for:
        case DueFor.CALL:
            steps = alert.policy.steps
            place = alert.called_in_round
            return steps[place].after_seconds if place < len(steps) else alert.policy.repeat_every_seconds
        case DueFor.LEASE:
            return round(TRAVEL.total_seconds()) if alert.goes else lease_seconds
        case DueFor.LOOK:
            return 3600
        case DueFor.CHECK | DueFor.WATCH | DueFor.TRAVEL | DueFor.VISIT | DueFor.HAND_OVER:
            return round(TRAVEL.total_seconds())


def name_of(home: Home | None, alert: Alert) -> str:
    """Name the person; a home that is not registered is named by its id."""
    return home.resident.name if home else alert.home_id


def about_of(home: Home | None, words: Words, now: datetime) -> str:
    """Say age and sex as briefly as the row has room for."""
    if home is None:
        return ""
    age = now.astimezone(ZONE).year - home.resident.birth_year
    return f"{age} {words(f'sex.{home.resident.sex}')}"


def place_of(home: Home | None) -> str:
    """Say where the home is: the dong, and the rest of the address."""
    if home is None:
        return ""
    dong = home.district.dong
    before, found, after = home.address.partition(dong)
    return f"{dong} {(after if found else before).strip(' ,')}"


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


def _steps_of(alert: Alert) -> tuple[str, ...]:
    """Mark the four parts of a case: taken in hand, checked, somebody goes, closed."""
    if alert.state is AlertState.RESOLVED:
        return ("dn",) * 4
    if alert.rings:
        return ("",) * 4
    reached = 2 if alert.goes else 1
    return tuple("dn" if part < reached else "cu" if part == reached else "" for part in range(4))


def _progress_of(alert: Alert, home: Home | None, words: Words) -> str:
    if alert.state is AlertState.RESOLVED:
        return words("state.resolved")
    if alert.goes:
        return words("progress.goes", name=responder_name(home, alert.goes))
    if not alert.rings:
        return words("progress.checking")
    if alert.rounds:
        return words("progress.nobody", n=alert.rounds)
    return words("progress.called", n=alert.step) if alert.step else ""


def responder_name(home: Home | None, responder_id: str) -> str:
    """Name a responder of the home; somebody who is not on its list any more is named by the id."""
    names = {one.responder_id: one.name for one in home.responders} if home else {}
    return next((name for known, name in names.items() if known == responder_id), responder_id)


def _owner_of(alert: Alert, home: Home | None, words: Words, *, mine: bool) -> tuple[str, str]:
    if alert.owner:
        return alert.owner, "me" if mine else ""
    if alert.goes and not alert.rings:
        return responder_name(home, alert.goes), ""
    return words("owner.none"), "no"


def left_of(alert: Alert, now: datetime) -> timedelta | None:
    """Tell how much time is left for the next duty; negative when it is past."""
    return alert.due_at - now if alert.due_at else None


def instant(at: datetime) -> str:
    """Write a moment so that a script can read it, and so that texts sort as moments do."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
