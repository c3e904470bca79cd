"""What an operator's form says, as an event of the alert, or the word for what is missing in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from alerts.events import Acknowledge, ByAPerson, EscalateNow, Note, Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import AlertId


class Action(StrEnum):
    """What an operator can do to an alert; the word is also the path's and the metric's."""

    ACK = "ack"
    NOTE = "note"
    ESCALATE = "escalate"
    RESOLVE = "resolve"


#: A note is a note, not a file.
LONGEST_NOTE: Final = 2_000
MOST_MINUTES: Final = 10_000


def read_action(action: Action, fields: Mapping[str, str], alert_id: AlertId, operator: str) -> ByAPerson | str:
    """Read the form of an action; a text in return is the key of the sentence that says what is wrong."""
    match action:
        case Action.ACK:
            version = _number(fields.get("version", ""))
            if version is None:
                return "answer.no_version"
            return Acknowledge(alert_id=alert_id, operator=operator, version=version)
        case Action.NOTE:
            text = fields.get("text", "").strip()
            if not text:
                return "answer.nothing_written"
            return Note(alert_id=alert_id, operator=operator, text=text[:LONGEST_NOTE])
        case Action.ESCALATE:
            step = _number(fields.get("step", ""))
            if step is None:
                return "answer.no_version"
            return EscalateNow(alert_id=alert_id, operator=operator, step_seen=step)
        case Action.RESOLVE:
            return _resolve(fields, alert_id, operator)


def _resolve(fields: Mapping[str, str], alert_id: AlertId, operator: str) -> Resolve | str:
    version = _number(fields.get("version", ""))
    if version is None:
        return "answer.no_version"
    code, by = fields.get("outcome", ""), fields.get("resolved_by", "")
    if code not in set(OutcomeCode):
        return "answer.no_outcome"
    if by not in set(ResolvedBy):
        return "answer.no_resolver"
    minutes = _number(fields.get("minutes", ""))
    if fields.get("minutes", "").strip() and (minutes is None or minutes > MOST_MINUTES):
        return "answer.no_minutes"
    return Resolve(
        alert_id=alert_id,
        operator=operator,
        version=version,
        outcome=OutcomeCode(code),
        resolved_by=ResolvedBy(by),
        minutes=minutes,
        rule_at_fault=fields.get("rule_at_fault", "") == "1",
    )


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
