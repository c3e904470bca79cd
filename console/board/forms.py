"""What an operator's form says, as an event of the alert, or the word for what is missing in it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.events import (
    Acknowledge,
    CallResult,
    CloseFile,
    Dispatch,
    EscalateNow,
    FollowedUp,
    HandOver,
    Lower,
    Note,
    PassOn,
    Phoned,
    Resolve,
    TakeBack,
    Watch,
)
from alerts.outcomes import OutcomeCode, ResolvedBy
from console.board.fields import LONGEST_NOTE, Unusable, choice, maybe_version, number, text, until, version
from console.choices import WhyNow
from contracts import AlertId, ResponderId, Severity

ByAnOperator = (
    Acknowledge
    | Note
    | EscalateNow
    | Resolve
    | Phoned
    | Dispatch
    | Watch
    | HandOver
    | PassOn
    | TakeBack
    | Lower
    | FollowedUp
    | CloseFile
)
Fields = Mapping[str, str]


class Action(StrEnum):
    """What an operator can do to an alert; the word is also the path's and the metric's."""

    ACK = "ack"
    NOTE = "note"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    CALL = "call"
    DISPATCH = "dispatch"
    WATCH = "watch"
    HAND_OVER = "hand-over"
    PASS_ON = "pass-on"
    TAKE_BACK = "take-back"
    LOWER = "lower"
    FOLLOW_UP = "follow-up"
    CLOSE = "close"


MOST_MINUTES: Final = 10_000


def read_action(action: Action, fields: Fields, alert_id: AlertId, operator: str, now: datetime) -> ByAnOperator | str:
    """Read the form of an action; a text in return is the key of the sentence that says what is wrong."""
    try:
        if action is Action.WATCH:
            return _watch(fields, alert_id, operator, now)
        return _READERS[action](fields, alert_id, operator)
    except Unusable as fault:
        return str(fault)


def _ack(fields: Fields, alert_id: AlertId, operator: str) -> Acknowledge:
    return Acknowledge(alert_id=alert_id, operator=operator, version=version(fields))


def _note(fields: Fields, alert_id: AlertId, operator: str) -> Note:
    written = text(fields, "text", "answer.nothing_written", longest=LONGEST_NOTE)
    return Note(alert_id=alert_id, operator=operator, text=written)


def _escalate(fields: Fields, alert_id: AlertId, operator: str) -> EscalateNow:
    step = number(fields, "step", "answer.no_version")
    # A page of before asks for no reason.
    why = choice(fields, "why", WhyNow, "answer.no_why") if fields.get("why") else ""
    return EscalateNow(alert_id=alert_id, operator=operator, step_seen=step, why=why)


def _resolve(fields: Fields, alert_id: AlertId, operator: str) -> Resolve:
    written = fields.get("minutes", "").strip()
    return Resolve(
        alert_id=alert_id,
        operator=operator,
        version=version(fields),
        outcome=choice(fields, "outcome", OutcomeCode, "answer.no_outcome"),
        resolved_by=choice(fields, "resolved_by", ResolvedBy, "answer.no_resolver"),
        minutes=number(fields, "minutes", "answer.no_minutes", most=MOST_MINUTES) if written else None,
        rule_at_fault=fields.get("rule_at_fault", "") == "1",
    )


def _call(fields: Fields, alert_id: AlertId, operator: str) -> Phoned:
    return Phoned(
        alert_id=alert_id,
        operator=operator,
        whom=text(fields, "whom", "answer.no_whom"),
        came_of_it=choice(fields, "result", CallResult, "answer.no_result"),
        version=maybe_version(fields),
    )


def _dispatch(fields: Fields, alert_id: AlertId, operator: str) -> Dispatch:
    whom = ResponderId(text(fields, "responder", "answer.no_whom"))
    return Dispatch(alert_id=alert_id, operator=operator, responder_id=whom, version=version(fields))


def _watch(fields: Fields, alert_id: AlertId, operator: str, now: datetime) -> Watch:
    return Watch(
        alert_id=alert_id,
        operator=operator,
        until=until(fields, now),
        why=text(fields, "why", "answer.no_why"),
        version=version(fields),
    )


def _hand_over(fields: Fields, alert_id: AlertId, operator: str) -> HandOver:
    centre = text(fields, "centre", "answer.no_centre")
    return HandOver(alert_id=alert_id, operator=operator, centre=centre, version=version(fields))


def _pass_on(fields: Fields, alert_id: AlertId, operator: str) -> PassOn:
    to = text(fields, "colleague", "answer.no_whom")
    return PassOn(alert_id=alert_id, operator=operator, to=to, version=version(fields))


def _take_back(fields: Fields, alert_id: AlertId, operator: str) -> TakeBack:
    return TakeBack(alert_id=alert_id, operator=operator, version=maybe_version(fields))


def _lower(fields: Fields, alert_id: AlertId, operator: str) -> Lower:
    severity = choice(fields, "severity", Severity, "answer.no_severity")
    return Lower(alert_id=alert_id, operator=operator, severity=severity, version=version(fields))


def _follow_up(fields: Fields, alert_id: AlertId, operator: str) -> FollowedUp:
    written = text(fields, "text", "answer.nothing_written", longest=LONGEST_NOTE)
    return FollowedUp(alert_id=alert_id, operator=operator, text=written, version=maybe_version(fields))


def _close(fields: Fields, alert_id: AlertId, operator: str) -> CloseFile:
    return CloseFile(alert_id=alert_id, supervisor=operator, version=maybe_version(fields))


_READERS: Final[Mapping[Action, Callable[[Fields, AlertId, str], ByAnOperator]]] = {
    Action.ACK: _ack,
    Action.NOTE: _note,
    Action.ESCALATE: _escalate,
    Action.RESOLVE: _resolve,
    Action.CALL: _call,
    Action.DISPATCH: _dispatch,
    Action.HAND_OVER: _hand_over,
    Action.PASS_ON: _pass_on,
    Action.TAKE_BACK: _take_back,
    Action.LOWER: _lower,
    Action.FOLLOW_UP: _follow_up,
    Action.CLOSE: _close,
}
