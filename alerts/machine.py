"""The life of an alert, as a care centre would tell it.

A detector says that something is wrong. Where the hazard allows it, the home is asked first: are you all right? If the
resident says that all is well, it ends there. If they ask for help, or say nothing, it rings. A button, smoke, gas and
carbon monoxide ring at once.

It rings until a person has it in hand: the people on the list are called, step by step, and at the end of the list the
supervisor hears that nobody has answered, and the list begins again. It never gives up.

An operator acknowledges it, or a responder says that they go: now it is quiet. But whoever has it in hand must act in
time; else it comes back and rings again. The operator telephones and sends somebody; the responder is on the way,
arrives, goes in, and leaves. Who does not arrive when they said, or is silent in the home for too long, makes it ring.
If it gets worse meanwhile, it rings again as well.

An operator may watch it until a time that they name, unless it is an emergency; then it rings. Or another centre takes
it and says so, or it rings. What gets milder is only proposed: a person lowers it.

Only a person ends what matters, and says how: with what outcome, by whom, and whether the rule was at fault. What
remains to be done is followed up; and the file of an emergency is closed when a supervisor has read it.
"""

from dataclasses import replace
from datetime import datetime

from alerts import (
    checking,
    escalation,
    following_up,
    handing_over,
    hearing,
    reaching,
    timers,
    visits,
    watching,
    working,
)
from alerts.events import (
    Acknowledge,
    Answered,
    ByPuttingAside,
    ByWork,
    CheckAnswered,
    CloseFile,
    Delivered,
    DeliveryFailed,
    Dispatch,
    Due,
    EscalateNow,
    Event,
    FollowedUp,
    Found,
    HandOver,
    HandOverConfirmed,
    Lower,
    Moved,
    Note,
    PassOn,
    Phoned,
    Receipted,
    Resolve,
    StillWell,
    TakeBack,
    Watch,
)
from alerts.model import Alert
from alerts.reasons import Reason
from alerts.ringing import call_next, ring
from alerts.shifts import passing
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState


def advance(alert: Alert | None, event: Event, now: datetime, context: Context) -> Transition:
    """Take one step in the life of an alert; the answer says what is written, and why."""
    done = _step(timers.unwound(alert) if alert else None, event, now, context)
    return replace(done, alert=timers.wound(done.alert)) if done.alert else done


def _step(alert: Alert | None, event: Event, now: datetime, context: Context) -> Transition:
    match event:
        case Found():
            return hearing.hear(alert, event.finding, now, context)
        case _ if alert is None:
            return Transition(reason=Reason.NO_SUCH_ALERT)
        case Delivered():
            return reaching.delivered(alert, event, now)
        case DeliveryFailed():
            return reaching.failed(alert, event, now, context)
        case Receipted():
            return reaching.receipted(alert, event, now, context)
        case FollowedUp():
            return following_up.followed_up(alert, event, now)
        case CloseFile():
            return following_up.close_file(alert, event, now)
        case Due() if alert.state is AlertState.RESOLVED:
            return following_up.overdue(alert, now, context)
        case _ if alert.state is AlertState.RESOLVED:
            return Transition(reason=Reason.RESOLVED_BEFORE, alert=alert)
        case Due():
            return _due(alert, now, context)
        case Acknowledge() | Note() | Phoned() | EscalateNow() | Dispatch() | Lower() | PassOn():
            return _worked(alert, event, now, context)
        case Answered():
            return visits.answered(alert, event, now, context)
        case Moved():
            return visits.moved(alert, event, now, context)
        case StillWell():
            return visits.still_well(alert, event, now, context)
        case CheckAnswered():
            return checking.answered(alert, event, now, context)
        case Resolve():
            return following_up.resolve(alert, event, now, context)
        case Watch() | HandOver() | HandOverConfirmed() | TakeBack():
            return _put_aside(alert, event, now, context)


def _worked(alert: Alert, event: ByWork, now: datetime, context: Context) -> Transition:
    match event:
        case Acknowledge():
            return working.acknowledged(alert, event, now, context)
        case Note():
            return working.noted(alert, event, now, context)
        case Phoned():
            return working.phoned(alert, event, now, context)
        case EscalateNow():
            return working.escalated(alert, event, now, context)
        case Dispatch():
            return working.dispatched(alert, event, now, context)
        case Lower():
            return working.lowered(alert, event, now)
        case PassOn():
            return passing.passed_on(alert, event, now, context)


def _put_aside(alert: Alert, event: ByPuttingAside, now: datetime, context: Context) -> Transition:
    match event:
        case Watch():
            return watching.watched(alert, event, now)
        case TakeBack():
            return watching.taken_back(alert, event, now, context)
        case HandOver():
            return handing_over.handed_over(alert, event, now, context)
        case HandOverConfirmed():
            return handing_over.confirmed(alert, event, now)


def _due(alert: Alert, now: datetime, context: Context) -> Transition:
    """A timer ran out: a responder's, or the alert's own."""
    waited = [timer for timer in alert.timers if timer.at <= now]
    if waited:
        first = visits.ran_out(alert, min(waited, key=lambda timer: timer.at), now, context)
        # Whatever else is due has its turn at once: the clock looks at an alert as a whole.
        return _and_then(first, now, context)
    if alert.due_at is None or now < alert.due_at:
        return Transition(reason=Reason.NOT_DUE, alert=alert)
    return _own_time_is_up(alert, now, context)


def _and_then(first: Transition, now: datetime, context: Context) -> Transition:
    then = _due(first.alert, now, context) if first.alert else first
    if then.reason is Reason.NOT_DUE:
        return first
    return replace(
        then,
        reason=first.reason,
        lines=first.lines + then.lines,
        changes=first.changes + then.changes,
        notifications=first.notifications + then.notifications,
        withdraws=first.withdraws or then.withdraws,
    )


def _own_time_is_up(alert: Alert, now: datetime, context: Context) -> Transition:
    match alert.state:
        case AlertState.CHECKING:
            return checking.unanswered(alert, now, context)
        case AlertState.WATCHING:
            return watching.ended(alert, now, context)
        case AlertState.HANDED_OVER:
            return handing_over.came_back(alert, now, context)
        case AlertState.ACKNOWLEDGED:
            return _came_back(alert, now, context)
        case _ if alert.calls_people:
            return call_next(alert, now, context)
        case _:
            waits = replace(escalation.look_later(alert, now), again=alert.again + 1)
            return Transition(reason=Reason.OVERDUE, alert=waits).line(AlertChangeKind.OVERDUE, now)


def _came_back(alert: Alert, now: datetime, context: Context) -> Transition:
    """An acknowledgement without action expires, and the alert rings again."""
    if not alert.matters and not alert.holding:
        return following_up.close_by_itself(alert, now)
    back = replace(alert, again=alert.again + 1)
    return ring(back, Reason.LEASE_EXPIRED, AlertChangeKind.LEASE_EXPIRED, now, context)
