"""An operator waits to see whether it passes: until a time that they name, with a reason, and never an emergency."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts.events import TakeBack, Watch
from alerts.following_up import close_by_itself
from alerts.in_hand import held, in_the_way, is_stale
from alerts.model import Alert, DueFor
from alerts.reasons import Reason
from alerts.ringing import ring
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertStage, AlertState, Severity

#: How long a case may be watched. An emergency is not: whoever would wait with it must look at it instead.
LONGEST: Final = {
    Severity.URGENT: timedelta(hours=1),
    Severity.CAUTION: timedelta(hours=8),
    Severity.NOTICE: timedelta(hours=8),
    Severity.DEVICE: timedelta(hours=8),
}


def watched(alert: Alert, event: Watch, now: datetime) -> Transition:
    """Let it be quiet until then; then it rings, whatever anybody remembers."""
    if reason := _refusal(alert, event, now):
        return Transition(reason=reason, alert=alert)
    watches = replace(
        alert,
        state=AlertState.WATCHING,
        stage=AlertStage.TAKEN,
        owner=event.operator,
        owner_until=event.until,
        due_at=event.until,
        due_for=DueFor.WATCH,
    )
    done = Transition(reason=Reason.WATCHED, alert=watches, withdraws=True)
    return done.line(AlertChangeKind.WATCHED, now, by=event.operator, text=event.why)


def _refusal(alert: Alert, event: Watch, now: datetime) -> Reason | None:
    if reason := in_the_way(alert, event.operator):
        return reason
    if is_stale(alert, event.version):
        return Reason.RANG_SINCE_SEEN
    if not event.why.strip():
        return Reason.NOTHING_WRITTEN
    longest = LONGEST.get(alert.severity)
    if longest is None:
        return Reason.NEVER_WATCHED
    if alert.goes is not None:
        return Reason.ANOTHER_GOES
    if event.until <= now:
        return Reason.TIME_PASSED
    return Reason.TOO_LONG if event.until > now + longest else None


def ended(alert: Alert, now: datetime, context: Context) -> Transition:
    """The time that was named is over: it rings, or is over itself when it is nothing that matters."""
    if not alert.matters and not alert.holding:
        return close_by_itself(alert, now)
    again = replace(alert, again=alert.again + 1)
    return ring(again, Reason.WATCH_ENDED, AlertChangeKind.WATCH_ENDED, now, context)


def taken_back(alert: Alert, event: TakeBack, now: datetime, context: Context) -> Transition:
    """Take a case in hand that was watched, or that another centre has."""
    if alert.state not in {AlertState.WATCHING, AlertState.HANDED_OVER}:
        return Transition(reason=Reason.NOTHING_TO_TAKE_BACK, alert=alert)
    if event.version is not None and is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    mine = held(replace(alert, owner=event.operator, centre=None), now, context)
    done = Transition(reason=Reason.TAKEN_BACK, alert=mine, withdraws=True)
    return done.line(AlertChangeKind.TAKEN_BACK, now, by=event.operator)
