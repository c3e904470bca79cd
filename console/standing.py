"""Where an alert stands for the one who has it open: what can be done now, who is expected, what happens by itself."""

from dataclasses import dataclass
from datetime import datetime

from alerts.model import Alert, Timer, Visit
from console.people import responder_name
from console.progress import reached_at
from console.rows import instant
from console.spans import ZONE, clock_time
from console.words import Words
from contracts import AlertState, FollowUp
from homes.model import Home


@dataclass(frozen=True, kw_only=True)
class Coming:
    """What happens by itself unless somebody acts before, or who is expected."""

    text: str
    at: str
    time: str
    past: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What can be done about an alert now, and what comes."""

    can_acknowledge: bool
    #: It is watched or with another centre, and can be taken back.
    away: bool
    owned: str
    resolved: bool
    #: A lower severity that is proposed, and its word.
    proposed: tuple[str, str] | None
    #: Something remains to be done, or the file to be closed.
    to_follow_up: bool
    to_close: bool
    visits: tuple[Coming, ...]
    timers: tuple[Coming, ...]


def standing_of(alert: Alert, home: Home | None, owner: str, words: Words, now: datetime) -> Standing:
    """Tell where an alert stands."""
    resolved = alert.state is AlertState.RESOLVED
    return Standing(
        can_acknowledge=can_acknowledge(alert),
        away=alert.state in (AlertState.WATCHING, AlertState.HANDED_OVER),
        owned=words("state.resolved") if resolved else words("act.owned", name=owner),
        resolved=resolved,
        proposed=(alert.proposed.value, words(f"severity.{alert.proposed}")) if alert.proposed else None,
        to_follow_up=resolved and alert.follow_up is FollowUp.DUE,
        to_close=to_close(alert),
        visits=tuple(_visit_of(visit, home, words, now) for visit in alert.visits),
        timers=_timers_of(alert, home, words, now),
    )


def can_acknowledge(alert: Alert) -> bool:
    """Tell whether an operator can take it in hand: it rings, the home is asked, or only a responder has it."""
    if alert.state in (AlertState.NEW, AlertState.CHECKING):
        return True
    return alert.state is AlertState.ACKNOWLEDGED and alert.owner is None


def to_close(alert: Alert) -> bool:
    """Tell whether a supervisor must still read the file: of an emergency, once nothing remains to be done."""
    grave = alert.was_emergency and not alert.test
    done = alert.state is AlertState.RESOLVED and alert.follow_up is not FollowUp.DUE
    return grave and done and alert.closed_at is None


def _visit_of(visit: Visit, home: Home | None, words: Words, now: datetime) -> Coming:
    at = reached_at(visit)
    time = clock_time(at, now=now, zone=ZONE)
    text = words(f"visit.{visit.stage}", name=responder_name(home, visit.responder_id), time=time[:5])
    return Coming(text=text, at=instant(at), time=time, past=visit.arrived_at is None and at < now)


def _timers_of(alert: Alert, home: Home | None, words: Words, now: datetime) -> tuple[Coming, ...]:
    """List what happens by itself, the soonest first; `due_at` stands at the head of the pane already."""
    later = sorted((timer for timer in alert.timers if timer.at != alert.due_at), key=lambda timer: timer.at)
    return tuple(_timer_of(timer, home, words, now) for timer in later)


def _timer_of(timer: Timer, home: Home | None, words: Words, now: datetime) -> Coming:
    whose = f" · {responder_name(home, timer.responder_id)}" if timer.responder_id else ""
    time = clock_time(timer.at, now=now, zone=ZONE)
    return Coming(text=words(f"due.{timer.due_for}") + whose, at=instant(timer.at), time=time, past=timer.at < now)
