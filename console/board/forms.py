"""What an operator's form says, as an event of the alert, or the word for what is missing in it."""

from collections.abc import Mapping
from typing import Final

from alerts.events import Acknowledge, ByAPerson, EscalateNow, Note, Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import AlertId

#: A note is a note, not a file.
LONGEST_NOTE: Final = 2_000
MOST_MINUTES: Final = 10_000


def read_action(name: str, fields: Mapping[str, str], alert_id: AlertId, operator: str) -> ByAPerson | str:
    """Read a form by the name of its action; a text in return is the key of the sentence that says what is wrong."""
    match name:
        case "ack":
            version = _number(fields.get("version", ""))
            if version is None:
                return "answer.no_version"
            return Acknowledge(alert_id=alert_id, operator=operator, version=version)
        case "note":
            text = fields.get("text", "").strip()
            if not text:
                return "answer.nothing_written"
            return Note(alert_id=alert_id, operator=operator, text=text[:LONGEST_NOTE])
        case "escalate":
            step = _number(fields.get("step", ""))
            return (
                "answer.no_version"
                if step is None
                else EscalateNow(alert_id=alert_id, operator=operator, step_seen=step)
            )
        case "resolve":
            return _resolve(fields, alert_id, operator)
        case _:
            return "answer.no_such_action"


def _resolve(fields: Mapping[str, str], alert_id: AlertId, operator: str) -> Resolve | str:
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
        outcome=OutcomeCode(code),
        resolved_by=ResolvedBy(by),
        minutes=minutes,
        rule_at_fault=fields.get("rule_at_fault", "") == "1",
    )


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
