"""What people do in a story: each sentence is an event, once the case is known as they see it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.events import Acknowledge, Answered, EscalateNow, Event, Note, Resolve
from alerts.model import Alert
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import ResponderId


class NoSuchSentence(Exception):
    """A line of a story that nobody understands; the message shows it."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Somebody does something about the case as it is now."""

    event: Callable[[Alert, datetime], Event]


Found = re.Match[str]


def one_of(words: Iterable[str]) -> str:
    """Write a choice as an expression."""
    return "|".join(re.escape(word) for word in words)


def span_of(words: str) -> timedelta:
    """Read minutes and seconds, or hours, minutes and seconds: 1:30, 2:05:00."""
    if not re.fullmatch(r"\d+(:\d\d){1,2}", words):
        raise NoSuchSentence(f"{words}: expected a moment such as 1:30 or 2:05:00")
    *hours, minutes, seconds = (int(part) for part in words.split(":"))
    return timedelta(hours=hours[0] if hours else 0, minutes=minutes, seconds=seconds)


def _takes(found: Found) -> Deed:
    return Deed(
        event=lambda alert, _: Acknowledge(alert_id=alert.alert_id, operator=found["who"], version=alert.version)
    )


def _notes(found: Found) -> Deed:
    return Deed(event=lambda alert, _: Note(alert_id=alert.alert_id, operator=found["who"], text=found["text"]))


def _calls_next(found: Found) -> Deed:
    return Deed(
        event=lambda alert, _: EscalateNow(alert_id=alert.alert_id, operator=found["who"], step_seen=alert.step)
    )


def _resolves(found: Found) -> Deed:
    outcome = OutcomeCode[found["code"].upper()]
    return Deed(
        event=lambda alert, _: Resolve(
            alert_id=alert.alert_id,
            operator=found["who"],
            version=alert.version,
            outcome=outcome,
            resolved_by=ResolvedBy.OPERATOR,
        )
    )


def _answers(found: Found) -> Deed:
    return Deed(
        event=lambda alert, _: Answered(
            alert_id=alert.alert_id,
            responder_id=ResponderId(found["who"]),
            accepted=found["what"] == "accepts",
        )
    )


DEEDS: tuple[tuple[str, Callable[[Found], Deed]], ...] = (
    (r"(?P<who>\w+) takes it", _takes),
    (r"(?P<who>\w+) notes: (?P<text>.+)", _notes),
    (r"(?P<who>\w+) calls the next", _calls_next),
    (r"(?P<who>\w+) resolves it as (?P<code>\w+)", _resolves),
    (r"(?P<who>\w+) (?P<what>accepts|declines)", _answers),
)
