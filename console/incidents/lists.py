"""Lists of homes for the hands of a centre: who depends on it most comes first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.incidents.model import LOSSES, Incident, is_loss
from alerts.model import Alert
from alerts.protection import Unprotected
from console.incidents.cards import Card, card_of
from console.people import about_of, name_of, place_of
from console.rows import SYMBOLS, headline_of
from console.spans import ZONE, clock_time, span
from console.words import Language, Words
from contracts import HomeId, Severity
from homes.model import VULNERABILITY, Home


@dataclass(frozen=True, kw_only=True)
class Badge:
    """An alert of a person in one of the homes: it stands on the board in its own line, and is marked here."""

    id: str
    p: str
    severity: Severity
    what: str


@dataclass(frozen=True, kw_only=True)
class HomeLine:
    """One home of a list."""

    home_id: HomeId
    vulnerability: int
    vulnerable: str
    name: str
    about: str
    place: str
    since: str
    span: str
    why: str
    alert_id: str
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IncidentView:
    """An incident with its homes."""

    card: Card
    over: bool
    opened: str
    #: How many of the homes are how vulnerable, the most vulnerable first.
    counts: tuple[tuple[str, int], ...]
    lines: tuple[HomeLine, ...]
    #: Cries of persons in these homes: they come before the list.
    badges: tuple[Badge, ...]


def incident_view(
    incident: Incident, alerts: Iterable[Alert], homes: Mapping[HomeId, Home], words: Words, now: datetime
) -> IncidentView:
    """List an incident's homes by vulnerability, and then by how long they are silent."""
    of: dict[HomeId, list[Alert]] = {home_id: [] for home_id in incident.homes}
    for alert in sorted(alerts, key=lambda alert: (alert.severity.rank, alert.since)):
        if alert.home_id in of:
            of[alert.home_id].append(alert)
    lost = {home_id: [alert for alert in some if is_loss(alert)] for home_id, some in of.items()}
    in_order = sorted(
        (home_id for home_id in of if lost[home_id]),
        key=lambda home_id: (-_vulnerability(homes.get(home_id)), lost[home_id][0].since, home_id),
    )
    lines = tuple(_line(lost[home_id][0], of[home_id], homes.get(home_id), words, now) for home_id in in_order)
    return IncidentView(
        card=card_of(incident, homes, words, now),
        over=incident.over_at is not None,
        opened=clock_time(incident.opened_at, now=now, zone=ZONE),
        counts=_counts(lines),
        lines=lines,
        badges=tuple(badge for line in lines for badge in line.badges),
    )


def unprotected_lines(found: Sequence[Unprotected], words: Words, now: datetime) -> tuple[HomeLine, ...]:
    """List the homes that are not protected, in the order given."""
    return tuple(
        HomeLine(
            home_id=one.home_id,
            vulnerability=one.vulnerability,
            vulnerable=vulnerable(one.vulnerability, words),
            name="",
            about="",
            place=place_of(one.home),
            since=clock_time(one.since, now=now, zone=ZONE),
            span=span(words, now - one.since),
            why=one.sentence.ko if words.language is Language.KO else one.sentence.en,
            alert_id=one.alert_id,
        )
        for one in found
    )


def vulnerable(level: int, words: Words) -> str:
    """Say how much somebody depends on being watched."""
    word = VULNERABILITY[level]
    return word.ko if words.language is Language.KO else word.en


def _line(lost: Alert, alerts: Sequence[Alert], home: Home | None, words: Words, now: datetime) -> HomeLine:
    level = _vulnerability(home)
    return HomeLine(
        home_id=lost.home_id,
        vulnerability=level,
        vulnerable=vulnerable(level, words),
        name=name_of(home, lost),
        about=about_of(home, words, now),
        place=place_of(home),
        since=clock_time(lost.since, now=now, zone=ZONE),
        span=span(words, now - lost.since),
        why=headline_of(lost, words)[0],
        alert_id=lost.alert_id,
        badges=tuple(_badge(alert, words) for alert in alerts if _is_of_a_person(alert)),
    )


def _is_of_a_person(alert: Alert) -> bool:
    return alert.severity is not Severity.DEVICE and alert.hazard not in LOSSES


def _badge(alert: Alert, words: Words) -> Badge:
    return Badge(
        id=alert.alert_id,
        p=SYMBOLS[alert.severity],
        severity=alert.severity,
        what=headline_of(alert, words)[0],
    )


def _counts(lines: Iterable[HomeLine]) -> tuple[tuple[str, int], ...]:
    found = Counter((line.vulnerability, line.vulnerable) for line in lines)
    return tuple((word, count) for (_, word), count in sorted(found.items(), reverse=True))


def _vulnerability(home: Home | None) -> int:
    return home.vulnerability if home else 0
