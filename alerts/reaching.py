"""What follows when a call was delivered, was not, or was answered: the next contact, or the next person at once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts import escalation
from alerts.escalation import Call
from alerts.events import Answered, Delivered, DeliveryFailed
from alerts.model import Alert, DueFor, Notification
from alerts.reasons import Reason
from alerts.ringing import ring, tell
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState, ResponderId

#: A responder who goes is given so long to arrive; then everybody is called again.
TRAVEL: Final = timedelta(minutes=30)


def answered(alert: Alert, event: Answered, now: datetime, context: Context) -> Transition:
    """Apply a responder's yes or no."""
    if event.accepted:
        return _accepted(alert, event.responder_id, now)
    return _declined(alert, event.responder_id, now, context)


def _accepted(alert: Alert, responder_id: ResponderId, now: datetime) -> Transition:
    if alert.goes == responder_id:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    if alert.goes is not None:
        return Transition(reason=Reason.ANOTHER_GOES, alert=alert)
    until = max(now + TRAVEL, alert.owner_until or now)
    goes = replace(
        alert,
        state=AlertState.ACKNOWLEDGED,
        goes=responder_id,
        owner_until=until,
        due_at=until,
        due_for=DueFor.LEASE,
        declined=tuple(one for one in alert.declined if one != responder_id),
    )
    done = Transition(reason=Reason.ACCEPTED, alert=goes, withdraws=True)
    return done.line(AlertChangeKind.ACCEPTED, now, by=responder_id)


def _declined(alert: Alert, responder_id: ResponderId, now: datetime, context: Context) -> Transition:
    if responder_id in alert.declined:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    said_no = replace(alert, declined=(*alert.declined, responder_id))
    if alert.goes == responder_id:
        return _turned_back(said_no, responder_id, now, context)
    done = Transition(reason=Reason.DECLINED, alert=said_no).line(AlertChangeKind.DECLINED, now, by=responder_id)
    if not escalation.called_last(alert, context.responders, responder_id):
        return done
    return _then_the_next(done, now, context)


def _turned_back(alert: Alert, responder_id: ResponderId, now: datetime, context: Context) -> Transition:
    """Whoever wanted to go does not: it stays with its operator, or rings again."""
    if alert.owner is not None:
        stays = Transition(reason=Reason.DECLINED, alert=replace(alert, goes=None))
        return stays.line(AlertChangeKind.DECLINED, now, by=responder_id)
    rings = replace(alert, again=alert.again + 1)
    return ring(rings, Reason.DECLINED, AlertChangeKind.DECLINED, context.responders, now)


def delivered(alert: Alert, event: Delivered, now: datetime) -> Transition:
    """Write down that a channel took the call. That is no answer: the timer runs on."""
    done = Transition(reason=Reason.DELIVERED, alert=alert)
    return done.line(
        AlertChangeKind.DELIVERED,
        now,
        by=event.notification.responder_id,
        notification_id=event.notification.notification_id,
    )


def failed(alert: Alert, event: DeliveryFailed, now: datetime, context: Context) -> Transition:
    """Try the responder's next contact; when there is none left, call the next person at once."""
    call = event.notification
    another = _by_the_next_contact(alert, call, now, context)
    done = Transition(reason=Reason.NEXT_CONTACT if another else Reason.NOT_REACHED, alert=alert)
    done = done.line(
        AlertChangeKind.DELIVERY_FAILED,
        now,
        by=call.responder_id,
        text=event.why,
        notification_id=call.notification_id,
    )
    if another:
        return tell(done, Call(alert=alert, notifications=(another,)), now)
    if not escalation.is_latest(alert, call):
        return done
    return _then_the_next(done, now, context)


def _by_the_next_contact(
    alert: Alert, failed_one: Notification, now: datetime, context: Context
) -> Notification | None:
    # Once somebody has it, the others are left in peace, unless an operator asked for them.
    wanted = alert.rings or (failed_one.insisted and alert.state is AlertState.ACKNOWLEDGED)
    if not wanted:
        return None
    for responder in context.responders:
        if responder.responder_id == failed_one.responder_id:
            return escalation.next_contact(failed_one, responder, now)
    return None


def _then_the_next(done: Transition, now: datetime, context: Context) -> Transition:
    """Call the next at once, if it still rings."""
    alert = done.alert
    if alert is None or not alert.rings:
        return done
    call = escalation.call(alert, context.responders, now)
    return tell(replace(done, alert=call.alert), call, now)
