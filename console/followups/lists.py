"""What remains after an alert is resolved, as a list: by when, whose, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Alert
from alerts.outcomes import words_of
from console.people import name_of, place_of
from console.rows import SYMBOLS, sentence_of
from console.spans import ZONE, clock_time
from console.words import Words
from contracts import HomeId, Severity
from homes.model import Home


@dataclass(frozen=True, kw_only=True)
class Left:
    """One alert with something left to do."""

    id: str
    p: str
    severity: Severity
    name: str
    place: str
    what: str
    outcome: str
    resolved: str
    by: str
    #: It should have been done by now.
    late: bool


def left_over(alerts: Sequence[Alert], homes: Mapping[HomeId, Home], words: Words, now: datetime) -> tuple[Left, ...]:
    """Write the list in the order in which it came."""
    return tuple(_left(alert, homes.get(alert.home_id), words, now) for alert in alerts)


def _left(alert: Alert, home: Home | None, words: Words, now: datetime) -> Left:
    by, ended = alert.follow_up_at, alert.resolved_at
    return Left(
        id=alert.alert_id,
        p=SYMBOLS[alert.severity],
        severity=alert.severity,
        name=name_of(home, alert),
        place=place_of(home),
        what=sentence_of(alert, words),
        outcome=_outcome_of(alert, words),
        resolved=clock_time(ended, now=now, zone=ZONE) if ended else "",
        by=clock_time(by, now=now, zone=ZONE) if by else "",
        late=by is not None and by < now,
    )


def _outcome_of(alert: Alert, words: Words) -> str:
    if alert.outcome is None:
        return ""
    said = words_of(alert.outcome.code)
    return f"{alert.outcome.code} {said.ko if words.language == 'ko' else said.en}"
