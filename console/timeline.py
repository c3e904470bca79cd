"""An alert's log as an operator reads it: newest first, people and service together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.model import LogLine
from console.people import responder_name
from console.spans import ZONE, clock_time
from console.words import Words
from contracts import AlertChangeKind
from homes.model import Home

_ICONS: Final[Mapping[AlertChangeKind, str]] = {
    AlertChangeKind.OPENED: "warning",
    AlertChangeKind.REPEATED: "repeat",
    AlertChangeKind.WORSENED: "up",
    AlertChangeKind.RESTORED: "pulse",
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
    AlertChangeKind.NOT_ARRIVED: "clock",
    AlertChangeKind.VISIT_OVERDUE: "warning",
    AlertChangeKind.WATCHED: "eye",
    AlertChangeKind.WATCH_ENDED: "eye",
    AlertChangeKind.HANDED_OVER: "people",
    AlertChangeKind.HAND_OVER_CONFIRMED: "hand",
    AlertChangeKind.TAKEN_BACK: "person",
    AlertChangeKind.LOWERING_PROPOSED: "down",
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


def _line_of(line: LogLine, home: Home | None, words: Words, now: datetime) -> TimelineLine:
    happened = words(f"change.{line.change}", step=line.step)
    said = _said(line, home, words)
    return TimelineLine(
        at=line.at.isoformat(),
        time=clock_time(line.at, now=now, zone=ZONE),
        icon=_ICONS[line.change],
        text=f"{happened}: {said}" if said else happened,
        by=responder_name(home, line.by) if line.by else words("by.service"),
        hot=line.change in _HOT,
    )


def _said(line: LogLine, home: Home | None, words: Words) -> str:
    """Say a line's text: what the rules wrote in their own words is put into the reader's."""
    parts = [_part(part.strip(), home, words) for part in line.text.split("\x1f")]
    return " · ".join(part for part in parts if part)


def _part(part: str, home: Home | None, words: Words) -> str:
    return words.texts.get(f"result.{part}") or words.texts.get(f"whom.{part}") or responder_name(home, part)
