"""An alert's log as an operator reads it: newest first, people and service together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.model import LogLine
from alerts.reasons import Reason
from console.people import responder_name
from console.spans import ZONE, clock_time
from console.steps.view import said_of
from console.words import Words
from contracts import AlertChangeKind
from homes.model import Home

_ICONS: Final[Mapping[AlertChangeKind, str]] = {
    AlertChangeKind.OPENED: "warning",
    AlertChangeKind.REPEATED: "repeat",
    AlertChangeKind.WORSENED: "up",
    AlertChangeKind.RESTORED: "pulse",
    AlertChangeKind.PARTLY_RESTORED: "pulse",
    AlertChangeKind.ESCALATED: "up",
    AlertChangeKind.LIST_EXHAUSTED: "people",
    AlertChangeKind.ACKNOWLEDGED: "person",
    AlertChangeKind.LEASE_EXPIRED: "clock",
    AlertChangeKind.NOTED: "note",
    AlertChangeKind.RESOLVED: "done",
    AlertChangeKind.NOTIFIED: "send",
    AlertChangeKind.DELIVERED: "message",
    AlertChangeKind.DELIVERY_FAILED: "cross",
    AlertChangeKind.ACCEPTED: "hand",
    AlertChangeKind.DECLINED: "cross",
    AlertChangeKind.OVERDUE: "clock",
    AlertChangeKind.CHECK_ASKED: "help",
    AlertChangeKind.CHECK_ANSWERED: "message",
    AlertChangeKind.CHECK_UNANSWERED: "mute",
    AlertChangeKind.PHONED: "phone",
    AlertChangeKind.DISPATCHED: "van",
    AlertChangeKind.EN_ROUTE: "van",
    AlertChangeKind.ARRIVED: "pin",
    AlertChangeKind.ENTERED: "house",
    AlertChangeKind.LEFT: "out",
    AlertChangeKind.STILL_WELL: "heart",
    AlertChangeKind.NOT_ARRIVED: "clock",
    AlertChangeKind.VISIT_OVERDUE: "warning",
    AlertChangeKind.WATCHED: "eye",
    AlertChangeKind.WATCH_ENDED: "eye",
    AlertChangeKind.HANDED_OVER: "people",
    AlertChangeKind.HAND_OVER_CONFIRMED: "hand",
    AlertChangeKind.TAKEN_BACK: "person",
    AlertChangeKind.LOWERING_PROPOSED: "down",
    AlertChangeKind.LOWERING_WITHDRAWN: "up",
    AlertChangeKind.LOWERED: "down",
    AlertChangeKind.TOLD_TAKEN: "send",
    AlertChangeKind.SUPPRESSED: "cut",
    AlertChangeKind.NOBODY_TO_CALL: "people",
    AlertChangeKind.UNMANNED: "warning",
    AlertChangeKind.READ: "message",
    AlertChangeKind.FOLLOW_UP_DUE: "clock",
    AlertChangeKind.FOLLOWED_UP: "hand",
    AlertChangeKind.CLOSED: "lock",
}
#: What changes who must act next.
_HOT: Final = frozenset(
    {
        AlertChangeKind.OPENED,
        AlertChangeKind.WORSENED,
        AlertChangeKind.LIST_EXHAUSTED,
        AlertChangeKind.LEASE_EXPIRED,
        AlertChangeKind.ACCEPTED,
        AlertChangeKind.RESOLVED,
        AlertChangeKind.CHECK_UNANSWERED,
        AlertChangeKind.NOT_ARRIVED,
        AlertChangeKind.VISIT_OVERDUE,
        AlertChangeKind.WATCH_ENDED,
        AlertChangeKind.NOBODY_TO_CALL,
        AlertChangeKind.UNMANNED,
        AlertChangeKind.ARRIVED,
    }
)


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """One line of the alert's log."""

    at: str
    time: str
    icon: str
    text: str
    by: str
    hot: bool


def timeline_of(log: Sequence[LogLine], home: Home | None, words: Words, now: datetime) -> tuple[TimelineLine, ...]:
    """Write the log, newest line first."""
    return tuple(_line_of(line, home, words, now) for line in reversed(log))


def told(line: LogLine, home: Home | None, words: Words) -> str:
    """Say a line in the reader's words: what happened, and what was said; without a home, ids stand for names."""
    said, is_step = _said(line, home, words), _is_step(line, words)
    return ": ".join(part for part in (_happened(line, words, is_step=is_step), said) if part)


def _line_of(line: LogLine, home: Home | None, words: Words, now: datetime) -> TimelineLine:
    return TimelineLine(
        at=line.at.isoformat(),
        time=clock_time(line.at, now=now, zone=ZONE),
        icon="done" if _is_step(line, words) else _ICONS.get(line.change, "clock"),
        text=told(line, home, words),
        by=_by(line, home, words),
        hot=line.change in _HOT,
    )


def _is_step(line: LogLine, words: Words) -> bool:
    return line.change is AlertChangeKind.NOTED and said_of(line.text, words) is not None


def _happened(line: LogLine, words: Words, *, is_step: bool) -> str:
    if is_step:
        return words("steps.title")
    passed = line.reason is Reason.PASSED_ON
    return words("change.passed_on") if passed else words(f"change.{line.change}", step=line.step)


def _said(line: LogLine, home: Home | None, words: Words) -> str:
    """Say a line's text: what the rules wrote in their own words is put into the reader's."""
    match line.change:
        case AlertChangeKind.PHONED:
            return " · ".join(_word(part, home, words) for part in line.text.rsplit(" ", 1))
        case (
            AlertChangeKind.DISPATCHED
            | AlertChangeKind.CHECK_ANSWERED
            | AlertChangeKind.LOWERED
            | AlertChangeKind.SUPPRESSED
        ):
            return _word(line.text, home, words)
        case AlertChangeKind.DECLINED:
            return words.texts.get(f"why_not.{line.text}", line.text)
        case AlertChangeKind.EN_ROUTE | AlertChangeKind.ARRIVED | AlertChangeKind.ENTERED | AlertChangeKind.LEFT:
            return _said_at(line.text, words)
        case AlertChangeKind.NOTED:
            if said := said_of(line.text, words):
                return said
            ending, *memo = line.text.split("\n", 1)
            return " · ".join((words.texts.get(f"ending.{ending}", ending), *memo))
        case _:
            return words.texts.get(f"why_now.{line.text}", line.text)


def _said_at(text: str, words: Words) -> str:
    """Say when a telephone without a line was pressed."""
    return words("change.said_at", time=f"{datetime.fromisoformat(text).astimezone(ZONE):%H:%M:%S}") if text else ""


def _word(part: str, home: Home | None, words: Words) -> str:
    """Say a word of the rules; what is none of theirs is somebody's id."""
    known = (words.texts.get(f"{kind}.{part}") for kind in ("result", "whom", "said", "severity"))
    return next((word for word in known if word), responder_name(home, part))


def _by(line: LogLine, home: Home | None, words: Words) -> str:
    if line.by is None:
        return words("by.service")
    return words.texts.get(f"whom.{line.by}") or responder_name(home, line.by)
