"""How far the help has come: the four parts of a case, a word for the moment, and what stands beside it."""

from datetime import datetime
from typing import Final

from alerts.model import Alert, DueFor, Visit, VisitStage
from console.people import responder_name
from console.spans import ZONE, clock_time
from console.words import Words
from contracts import AlertStage, AlertState, FollowUp
from homes.model import Home

_STAGES: Final = list(VisitStage)
_ON_SITE: Final = frozenset({AlertStage.ARRIVED, AlertStage.ENTERED})
_OUT: Final = frozenset({AlertStage.DISPATCHED, AlertStage.EN_ROUTE})


def steps_of(alert: Alert) -> tuple[str, ...]:
    """Mark the four parts of a case: taken in hand, checked, somebody goes, closed."""
    if alert.state is AlertState.RESOLVED:
        return ("dn",) * 4
    if alert.state in (AlertState.NEW, AlertState.CHECKING):
        return ("",) * 4
    reached = 3 if alert.stage in _ON_SITE else 2 if alert.goes or alert.stage in _OUT else 1
    return tuple("dn" if part < reached else "cu" if part == reached else "" for part in range(4))


def progress_of(alert: Alert, home: Home | None, words: Words, now: datetime) -> str:
    """Say in a few words what is being done about it."""
    match alert.state:
        case AlertState.RESOLVED:
            return words("progress.follow_up" if alert.follow_up is FollowUp.DUE else "state.resolved")
        case AlertState.CHECKING:
            return words("progress.asked")
        case AlertState.WATCHING:
            return words("progress.watched", time=_time(_timer(alert, DueFor.WATCH) or alert.due_at, now))
        case AlertState.HANDED_OVER:
            waits = _timer(alert, DueFor.HAND_OVER) is not None
            return words("progress.offered" if waits else "progress.handed_over")
        case AlertState.ACKNOWLEDGED:
            return _under_way(alert, home, words, now)
        case AlertState.NEW if alert.rounds:
            return words("progress.nobody", n=alert.rounds)
        case AlertState.NEW:
            return words("progress.called", n=alert.step) if alert.step else ""


def _under_way(alert: Alert, home: Home | None, words: Words, now: datetime) -> str:
    visit = foremost(alert)
    if visit:
        name = responder_name(home, visit.responder_id)
        return words(f"way.{visit.stage}", name=name, time=_time(reached_at(visit), now))
    if alert.stage is not AlertStage.TAKEN:
        return words(f"stage.{alert.stage}")
    if alert.goes:
        return words("progress.goes", name=responder_name(home, alert.goes))
    return words("progress.checking")


def foremost(alert: Alert) -> Visit | None:
    """Find whoever is nearest to the resident; those who have left again come last."""
    here = [visit for visit in alert.visits if visit.stage is not VisitStage.LEFT] or list(alert.visits)
    return max(here, key=lambda visit: _STAGES.index(visit.stage), default=None)


def reached_at(visit: Visit) -> datetime:
    """Tell the time that matters at a visit's stage: on the way it is when they mean to be there."""
    match visit.stage:
        case VisitStage.SENT | VisitStage.ACCEPTED | VisitStage.EN_ROUTE:
            return visit.expected_at
        case VisitStage.ARRIVED:
            return visit.arrived_at or visit.expected_at
        case VisitStage.ENTERED:
            return visit.entered_at or visit.expected_at
        case VisitStage.LEFT:
            return visit.left_at or visit.expected_at


def marks_of(alert: Alert, words: Words) -> tuple[str, ...]:
    """Name what must be seen at one look: it rings, it is being checked, it is over, it is less than it was."""
    marks = {
        words("state.again", n=alert.again): alert.rings and alert.again > 0,
        words("state.new"): alert.rings and not alert.again,
        words("state.checking"): alert.state is AlertState.CHECKING,
        words("state.restored"): alert.restored_at is not None and alert.state is not AlertState.RESOLVED,
        words("state.lower"): alert.proposed is not None,
    }
    return tuple(mark for mark, holds in marks.items() if holds)


def owner_of(alert: Alert, home: Home | None, words: Words, *, mine: bool) -> tuple[str, str]:
    """Name whoever has it in hand, and how their disc is drawn."""
    if alert.state is AlertState.HANDED_OVER and alert.centre:
        return alert.centre, ""
    if alert.owner:
        return alert.owner, "me" if mine else ""
    if alert.goes and not alert.rings:
        return responder_name(home, alert.goes), ""
    return words("owner.none"), "no"


def _timer(alert: Alert, due_for: DueFor) -> datetime | None:
    if alert.due_for is due_for:
        return alert.due_at
    return next((timer.at for timer in alert.timers if timer.due_for is due_for), None)


def _time(at: datetime | None, now: datetime) -> str:
    return (
        clock_time(at, now=now, zone=ZONE)[:-3] if at and _today(at, now) else clock_time(at or now, now=now, zone=ZONE)
    )


def _today(at: datetime, now: datetime) -> bool:
    return at.astimezone(ZONE).date() == now.astimezone(ZONE).date()
