"""The life of an alert, as a care centre would tell it.

Somebody needs help: an alert opens, and it rings. It rings until a person has it in hand: the people on the list
are called, step by step, and at the end of the list the supervisor hears that nobody has answered, and the list
begins again. It never gives up.

An operator acknowledges it, or a responder says that they go: now it is quiet. But whoever has it in hand must act in
time; else it comes back and rings again. If it gets worse meanwhile, it rings again as well. Only a person closes
what matters, and says how it ended.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from alerts import escalation, hearing, reaching
from alerts.events import (
    Acknowledge,
    Answered,
    Delivered,
    DeliveryFailed,
    Due,
    EscalateNow,
    Event,
    Found,
    Note,
    Resolve,
)
from alerts.model import Alert, DueFor
from alerts.outcomes import Outcome
from alerts.reasons import Reason
from alerts.ringing import call_next, ring
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState


def advance(alert: Alert | None, event: Event, now: datetime, context: Context) -> Transition:
    """Take one step in the life of an alert; the answer says what is written, and why."""
    match event:
        case Found():
            return hearing.hear(alert, event.finding, now, context)
        case _ if alert is None:
            return Transition(reason=Reason.NO_SUCH_ALERT)
        case Delivered():
            return reaching.delivered(alert, event, now)
        case DeliveryFailed():
            return reaching.failed(alert, event, now, context)
        case _ if alert.state is AlertState.RESOLVED:
            return Transition(reason=Reason.RESOLVED_BEFORE, alert=alert)
        case Due():
            return _due(alert, now, context)
        case Acknowledge():
            return _acknowledged(alert, event, now, context)
        case Note():
            return _noted(alert, event, now, context)
        case EscalateNow():
            return _escalated(alert, event, now, context)
        case Resolve():
            return _resolved(alert, event, now)
        case Answered():
            return reaching.answered(alert, event, now, context)


def _due(alert: Alert, now: datetime, context: Context) -> Transition:
    """The timer ran out: whoever had it did not act, or nobody has answered yet."""
    if alert.due_at is None or now < alert.due_at:
        return Transition(reason=Reason.NOT_DUE, alert=alert)
    if alert.state is AlertState.ACKNOWLEDGED:
        return _came_back(alert, now, context)
    if alert.calls_people:
        return call_next(alert, context.responders, now)
    waits = replace(escalation.look_later(alert, now), again=alert.again + 1)
    return Transition(reason=Reason.OVERDUE, alert=waits).line(AlertChangeKind.OVERDUE, now)


def _came_back(alert: Alert, now: datetime, context: Context) -> Transition:
    """An acknowledgement without action expires, and the alert rings again."""
    if alert.severity not in hearing.MATTERS and not alert.holding:
        return hearing.close_by_itself(alert, now)
    back = replace(alert, again=alert.again + 1)
    return ring(back, Reason.LEASE_EXPIRED, AlertChangeKind.LEASE_EXPIRED, context.responders, now)


def _acknowledged(alert: Alert, event: Acknowledge, now: datetime, context: Context) -> Transition:
    if alert.owner is not None and alert.owner != event.operator:
        # The loser of the race learns from the alert who has it.
        return Transition(reason=Reason.SOMEBODY_HAS_IT, alert=alert)
    if event.version < alert.rang_version:
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    if alert.owner == event.operator:
        return Transition(reason=Reason.LEASE_RENEWED, alert=_in_hand(alert, event.operator, now, context))
    mine = _in_hand(alert, event.operator, now, context)
    done = Transition(reason=Reason.ACKNOWLEDGED, alert=mine, withdraws=True)
    return done.line(AlertChangeKind.ACKNOWLEDGED, now, by=event.operator)


def _in_hand(alert: Alert, operator: str, now: datetime, context: Context) -> Alert:
    """Give it to an operator for a while; a responder on the way keeps the time they were given."""
    until = max(now + timedelta(seconds=context.lease_seconds), alert.owner_until or now)
    return replace(
        alert,
        state=AlertState.ACKNOWLEDGED,
        owner=operator,
        owner_until=until,
        due_at=until,
        due_for=DueFor.LEASE,
    )


def _noted(alert: Alert, event: Note, now: datetime, context: Context) -> Transition:
    """Whoever writes about a case that they have in hand is at work on it: their time begins anew."""
    if not event.text.strip():
        return Transition(reason=Reason.NOTHING_WRITTEN, alert=alert)
    if alert.owner == event.operator:
        alert = _in_hand(alert, event.operator, now, context)
    done = Transition(reason=Reason.NOTED, alert=alert)
    return done.line(AlertChangeKind.NOTED, now, by=event.operator, text=event.text)


def _escalated(alert: Alert, event: EscalateNow, now: datetime, context: Context) -> Transition:
    """Call the next people now. A button that was drawn before the last call does not skip a step."""
    if event.step_seen != alert.step:
        return Transition(reason=Reason.STEP_PASSED, alert=alert)
    if not alert.calls_people:
        return Transition(reason=Reason.CALLS_NOBODY, alert=alert)
    done = call_next(alert, context.responders, now, by=event.operator)
    return replace(done, notifications=tuple(replace(one, insisted=True) for one in done.notifications))


def _resolved(alert: Alert, event: Resolve, now: datetime) -> Transition:
    """A person closes it: nobody is called any more. Nobody closes what they have not seen."""
    if event.version < max(alert.rang_version, alert.cried_version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    outcome = Outcome(
        code=event.outcome,
        resolved_by=event.resolved_by,
        minutes=event.minutes,
        rule_at_fault=event.rule_at_fault,
    )
    closed = replace(alert, state=AlertState.RESOLVED, outcome=outcome, resolved_at=now, due_at=None)
    done = Transition(reason=Reason.RESOLVED, alert=closed, withdraws=True)
    return done.line(AlertChangeKind.RESOLVED, now, by=event.operator)
