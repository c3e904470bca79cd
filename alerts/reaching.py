"""What follows when a call was brought to somebody, or was not: the next contact, or the next person at once."""

from datetime import datetime

from alerts import checking, escalation, plan
from alerts.escalation import Call
from alerts.events import Delivered, DeliveryFailed, Receipt, Receipted
from alerts.model import Alert, Notification, Purpose
from alerts.reasons import Reason
from alerts.ringing import tell, then_the_next
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState


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
    if event.passed_on:
        # The next were called when it was passed on; that it has ended now is written down, and calls nobody twice.
        return _noted(Transition(reason=Reason.NOT_REACHED, alert=alert), event.notification, event.why, now)
    return _failed(alert, event.notification, event.why, now, context)


def receipted(alert: Alert, event: Receipted, now: datetime, context: Context) -> Transition:
    """Write down what became of a call later; that it could not be brought at all is a failure like any other."""
    call = context.call
    if call is None or call.alert_id != alert.alert_id:
        return Transition(reason=Reason.NO_SUCH_CALL, alert=alert)
    if event.receipt is Receipt.FAILED:
        return _failed(alert, call, event.receipt, now, context)
    kind = {Receipt.DELIVERED: AlertChangeKind.DELIVERED, Receipt.READ: AlertChangeKind.READ}.get(event.receipt)
    if kind is None:
        # That it was sent is known already; a yes or no comes as an answer of its own.
        return Transition(reason=Reason.TOLD_BEFORE, alert=alert)
    done = Transition(reason=Reason.RECEIPT_NOTED, alert=alert)
    return done.line(kind, now, by=call.responder_id, notification_id=call.notification_id)


def _failed(alert: Alert, call: Notification, why: str, now: datetime, context: Context) -> Transition:
    if call.purpose is Purpose.CHECK and alert.state is AlertState.CHECKING:
        return checking.not_asked(alert, now, context, why)
    another = _by_the_next_contact(alert, call, now, context)
    done = Transition(reason=Reason.NEXT_CONTACT if another else Reason.NOT_REACHED, alert=alert)
    done = _noted(done, call, why, now)
    if another:
        return tell(done, Call(alert=alert, notifications=(another,)), now)
    if call.purpose is not Purpose.HELP or not escalation.is_latest(alert, call):
        return done
    return then_the_next(done, now, context)


def _noted(done: Transition, call: Notification, why: str, now: datetime) -> Transition:
    return done.line(
        AlertChangeKind.DELIVERY_FAILED, now, by=call.responder_id, text=why, notification_id=call.notification_id
    )


def _by_the_next_contact(
    alert: Alert, failed_one: Notification, now: datetime, context: Context
) -> Notification | None:
    if not _is_wanted(alert, failed_one):
        return None
    responder = plan.person(context, failed_one.responder_id)
    return escalation.next_contact(failed_one, responder, now) if responder else None


def _is_wanted(alert: Alert, call: Notification) -> bool:
    """Tell whether a call that failed is still to be made another way."""
    if alert.state is AlertState.RESOLVED:
        return call.purpose in {Purpose.TAKEN, Purpose.FOLLOW_UP}
    if call.purpose in {Purpose.TAKEN, Purpose.RESPONDER_SILENT}:
        return True
    if call.purpose is Purpose.HAND_OVER:
        return alert.state is AlertState.HANDED_OVER
    # Once somebody has it, the others are left in peace, unless an operator asked for them.
    return alert.rings or (call.insisted and alert.state is AlertState.ACKNOWLEDGED)
