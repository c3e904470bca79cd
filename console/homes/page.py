"""A home's page as somebody reads it: who lives there, who comes, what was alerted, and how it stands now."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Alert
from alerts.outcomes import words_of
from console.choices import about_responder
from console.homes.raster import Held, Raised, Raster
from console.people import masked
from console.roles import Role, acts_of, reads_masked
from console.rows import SYMBOLS, room_of, sentence_of
from console.spans import ZONE, clock_time, countdown
from console.strips import Cell, DayPicture, day_of
from console.words import Words
from contracts import AlertState, Severity
from homes.model import VULNERABILITY, Home


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What the reader may see of a person."""

    #: Names and addresses; telephone numbers and codes behind a button.
    persons: bool


def sight_of(roles: Set[Role]) -> Sight:
    """Tell what somebody may see."""
    return Sight(persons=not reads_masked(acts_of(roles)))


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of the page."""

    home_id: str
    name: str
    about: str
    #: The worst open alert: its symbol, what stands beside it, and its id.
    p: str
    open: str
    alert_id: str
    held: str


@dataclass(frozen=True, kw_only=True)
class PastAlert:
    """One line of the alert history."""

    id: str
    p: str
    severity: str
    at: str
    what: str
    outcome: str
    open: bool


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    """Somebody who may be called for this home."""

    name: str
    about: str
    phone: bool


@dataclass(frozen=True, kw_only=True)
class HoldRow:
    """A hold as the page lists it."""

    kind: str
    word: str
    from_at: str
    until_at: str
    began: str
    running: bool
    ahead: bool
    by: str
    reason: str


def head_of(
    home: Home, alerts: Sequence[Alert], holds: Sequence[Held], sight: Sight, words: Words, now: datetime
) -> Head:
    """Write the head: who, where, what is open, which hold runs."""
    open_alerts = sorted(
        (one for one in alerts if one.state is not AlertState.RESOLVED), key=lambda one: one.severity.rank
    )
    worst = open_alerts[0] if open_alerts else None
    running = next((one for one in holds if one.from_at <= now < one.until_at), None)
    person = home.resident
    about = [
        words("home.age", n=now.astimezone(ZONE).year - person.birth_year),
        words(f"sex.{person.sex}"),
        words("home.alone") if home.plan.residents == 1 else words("home.residents", n=home.plan.residents),
        f"{home.district.dong} {home.address}" if sight.persons else home.district.dong,
    ]
    return Head(
        home_id=home.home_id,
        name=person.name if sight.persons else masked(person.name),
        about=" · ".join(about),
        p=SYMBOLS[worst.severity] if worst else "",
        open=words("home.open", severity=words(f"severity.{worst.severity}"), time=countdown(now - worst.opened_at))
        if worst
        else "",
        alert_id=worst.alert_id if worst else "",
        held=words("home.held", kind=words(f"hold.{running.kind}"), until=_until(running.until_at, now))
        if running
        else "",
    )


def raised_of(alerts: Sequence[Alert], words: Words) -> tuple[Raised, ...]:
    """Mark the alerts on the picture."""
    return tuple(
        Raised(
            alert_id=one.alert_id,
            p=SYMBOLS[one.severity],
            at=one.opened_at,
            text=f"{words(f'severity.{one.severity}')} · {sentence_of(one, words)}",
        )
        for one in alerts
        if one.severity is not Severity.DEVICE
    )


def history_of(alerts: Sequence[Alert], words: Words, now: datetime) -> tuple[PastAlert, ...]:
    """List the alerts of a home, the newest first, with how each ended."""
    return tuple(_past(one, words, now) for one in alerts)


def contacts_of(home: Home, sight: Sight, words: Words) -> tuple[ContactRow, ...]:
    """List whom to call, in the order in which they are called."""
    return tuple(
        ContactRow(
            name=one.name if sight.persons else masked(one.name),
            about=about_responder(one, words) + ("" if one.consented else f" · {words('home.no_consent')}"),
            phone=bool(one.phone) and sight.persons,
        )
        for one in home.responders
    )


def profile_of(home: Home, words: Words, enrolled_at: datetime | None) -> tuple[tuple[str, str], ...]:
    """List what stands fast about a home."""
    said = VULNERABILITY[home.vulnerability]
    lines = (
        ("grade", said.ko if words.language == "ko" else said.en),
        ("profile", words(f"profile.{home.plan.profile}")),
        ("home_id", home.home_id),
        ("carrier", home.carrier),
        ("enrolled", f"{enrolled_at.astimezone(ZONE):%Y.%m.%d}" if enrolled_at else ""),
        ("policy", home.policy.name),
    )
    return tuple((words(f"home.profile.{key}"), text) for key, text in lines if text)


def hold_rows(holds: Sequence[Held], sight: Sight, words: Words, now: datetime) -> tuple[HoldRow, ...]:
    """List the holds, the one that runs first."""
    ordered = sorted(holds, key=lambda one: (not one.from_at <= now < one.until_at, -one.from_at.timestamp()))
    return tuple(
        HoldRow(
            kind=one.kind,
            word=words(f"hold.{one.kind}"),
            from_at=f"{one.from_at.astimezone(ZONE):%m.%d %H:%M}",
            until_at=f"{one.until_at.astimezone(ZONE):%m.%d %H:%M}",
            began=one.from_at.isoformat(),
            running=one.from_at <= now < one.until_at,
            ahead=now < one.from_at,
            by=one.by,
            reason=one.reason if sight.persons else "",
        )
        for one in ordered
    )


def rooms_of(
    rooms: Mapping[str, Sequence[Cell]], moved: datetime | None, words: Words, now: datetime
) -> DayPicture | None:
    """Draw the last 24 hours by room, with the gap since the last movement outlined."""
    named = {room_of(room, words): cells for room, cells in rooms.items()}
    return day_of(named, since=moved or now, now=now.astimezone(ZONE)) if named else None


def table_of(raster: Raster) -> tuple[tuple[str, ...], ...]:
    """Say the picture as a table: day, first and last movement, total, times up at night, share observed."""
    return tuple(
        (
            day.day.isoformat(),
            _cell(day.first),
            _cell(day.last),
            str(day.total),
            str(day.nights),
            f"{100 * day.observed // day.passed} %",
        )
        for day in reversed(raster.days)
    )


def _cell(place: int | None) -> str:
    return "—" if place is None else f"{place // 4:02}:{place % 4 * 15:02}"


def _past(alert: Alert, words: Words, now: datetime) -> PastAlert:
    ended = words_of(alert.outcome.code) if alert.outcome else None
    said = (ended.ko if words.language == "ko" else ended.en) if ended else ""
    return PastAlert(
        id=alert.alert_id,
        p=SYMBOLS[alert.severity],
        severity=words(f"severity.{alert.severity}"),
        at=f"{alert.opened_at.astimezone(ZONE):%m.%d %H:%M}",
        what=sentence_of(alert, words),
        outcome=f"{alert.outcome.code} {said}" if alert.outcome else "",
        open=alert.state is not AlertState.RESOLVED,
    )


def _until(at: datetime, now: datetime) -> str:
    return clock_time(at, now=now, zone=ZONE).removesuffix(":00")
