"""What people do in a story: each sentence is an event, once the case is known as they see it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.events import (
    Acknowledge,
    Answered,
    CallResult,
    CheckAnswered,
    Dispatch,
    EscalateNow,
    Event,
    FollowedUp,
    HandOver,
    HandOverConfirmed,
    Lower,
    Moved,
    Note,
    Phoned,
    Resolve,
    StillWell,
    TakeBack,
    Watch,
)
from alerts.model import Alert, VisitStage
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import ResponderId, Severity


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


def _phones(found: Found) -> Deed:
    result = CallResult(found["result"])
    return Deed(
        event=lambda alert, _: Phoned(
            alert_id=alert.alert_id, operator=found["who"], whom=found["whom"], came_of_it=result
        )
    )


def _sends(found: Found) -> Deed:
    return Deed(
        event=lambda alert, _: Dispatch(
            alert_id=alert.alert_id,
            operator=found["who"],
            responder_id=ResponderId(found["whom"]),
            version=alert.version,
        )
    )


def _watches(found: Found) -> Deed:
    span = span_of(found["span"])
    return Deed(
        event=lambda alert, now: Watch(
            alert_id=alert.alert_id, operator=found["who"], until=now + span, why="she rests", version=alert.version
        )
    )


def _gives(found: Found) -> Deed:
    return Deed(
        event=lambda alert, _: HandOver(
            alert_id=alert.alert_id, operator=found["who"], centre=found["centre"], version=alert.version
        )
    )


def _lowers(found: Found) -> Deed:
    severity = Severity(found["severity"])
    return Deed(
        event=lambda alert, _: Lower(
            alert_id=alert.alert_id, operator=found["who"], severity=severity, version=alert.version
        )
    )


_STAGES = {
    "sets out": VisitStage.EN_ROUTE,
    "arrives": VisitStage.ARRIVED,
    "enters": VisitStage.ENTERED,
    "leaves": VisitStage.LEFT,
}


def _moves(found: Found) -> Deed:
    return Deed(
        event=lambda alert, _: Moved(
            alert_id=alert.alert_id, responder_id=ResponderId(found["who"]), stage=_STAGES[found["what"]]
        )
    )


DEEDS: tuple[tuple[str, Callable[[Found], Deed]], ...] = (
    (r"(?P<who>\w+) takes it", _takes),
    (
        r"(?P<who>\w+) follows it up: (?P<text>.+)",
        lambda found: Deed(
            event=lambda alert, _: FollowedUp(alert_id=alert.alert_id, operator=found["who"], text=found["text"])
        ),
    ),
    (r"(?P<who>\w+) notes: (?P<text>.+)", _notes),
    (r"(?P<who>\w+) calls the next", _calls_next),
    (r"(?P<who>\w+) resolves it as (?P<code>\w+)", _resolves),
    (r"(?P<who>\w+) (?P<what>accepts|declines)", _answers),
    (r"(?P<who>\w+) phones (?P<whom>\w+): (?P<result>\w+)", _phones),
    (r"(?P<who>\w+) sends (?P<whom>\w+)", _sends),
    (r"(?P<who>\w+) watches it for (?P<span>[\d:]+)", _watches),
    (r"(?P<who>\w+) gives it to (?P<centre>\w+)", _gives),
    (
        r"(?P<centre>\w+) confirms",
        lambda found: Deed(event=lambda alert, _: HandOverConfirmed(alert_id=alert.alert_id, centre=found["centre"])),
    ),
    (
        r"(?P<who>\w+) takes it back",
        lambda found: Deed(event=lambda alert, _: TakeBack(alert_id=alert.alert_id, operator=found["who"])),
    ),
    (r"(?P<who>\w+) lowers it to (?P<severity>\w+)", _lowers),
    (rf"(?P<who>\w+) (?P<what>{one_of(_STAGES)})", _moves),
    (
        r"(?P<who>\w+) is still well",
        lambda found: Deed(
            event=lambda alert, _: StillWell(alert_id=alert.alert_id, responder_id=ResponderId(found["who"]))
        ),
    ),
    (
        r"the resident (?P<what>is well|needs help)",
        lambda found: Deed(
            event=lambda alert, _: CheckAnswered(alert_id=alert.alert_id, well=found["what"] == "is well")
        ),
    ),
)
