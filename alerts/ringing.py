"""How an alert rings: it belongs to nobody again, and its escalation starts from the first step."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts import escalation
from alerts.escalation import Call
from alerts.model import Alert
from alerts.reasons import Reason
from alerts.transition import Transition
from contracts import AlertChangeKind, AlertState
from homes.model import Responder


def ring(
    alert: Alert, reason: Reason, change: AlertChangeKind, responders: Sequence[Responder], now: datetime
) -> Transition:
    """Let an alert ring, whoever had it in hand."""
    alert = replace(alert, state=AlertState.NEW, owner=None, goes=None, owner_until=None)
    call = escalation.begin(replace(alert, rang_version=alert.version + 1), responders, now)
    return tell(Transition(reason=reason, alert=call.alert, withdraws=True).line(change, now), call, now)


def call_next(alert: Alert, responders: Sequence[Responder], now: datetime, *, by: str | None = None) -> Transition:
    """Call the next people, because the timer ran out or because somebody asked for it."""
    call = escalation.call(alert, responders, now)
    reason = Reason.LIST_EXHAUSTED if call.exhausted else Reason.CALLED
    return tell(Transition(reason=reason, alert=call.alert), call, now, by=by)


def tell(done: Transition, call: Call, now: datetime, *, by: str | None = None) -> Transition:
    """Write who is called into the log, and the calls into the outbox."""
    if call.exhausted:
        done = done.line(AlertChangeKind.LIST_EXHAUSTED, now)
    if call.somebody:
        done = done.line(AlertChangeKind.ESCALATED, now, by=by)
    for notification in call.notifications:
        done = done.line(
            AlertChangeKind.NOTIFIED, now, by=notification.responder_id, notification_id=notification.notification_id
        )
    return replace(done, notifications=done.notifications + call.notifications)
