"""How an alert rings: it belongs to nobody again, and its escalation starts from the first step."""

from dataclasses import replace
from datetime import datetime

from alerts import escalation
from alerts.escalation import Call
from alerts.in_hand import goes
from alerts.model import Alert, Purpose
from alerts.plan import Spared
from alerts.reasons import Reason
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertStage, AlertState


def ring(
    alert: Alert,
    reason: Reason,
    change: AlertChangeKind,
    now: datetime,
    context: Context,
    *,
    by: str | None = None,
    text: str = "",
) -> Transition:
    """Let an alert ring, whoever had it in hand; whoever is on the way stays on the way."""
    alert = replace(alert, state=AlertState.NEW, stage=AlertStage.TAKEN, owner=None, owner_until=None, centre=None)
    call = escalation.begin(replace(alert, rang_version=alert.version + 1), context, now)
    done = Transition(reason=reason, alert=call.alert, withdraws=True).line(change, now, by=by, text=text)
    return tell(done, call, now)


def call_next(alert: Alert, now: datetime, context: Context, *, by: str | None = None, text: str = "") -> Transition:
    """Call the next people, because the timer ran out or because somebody asked for it."""
    call = escalation.call(alert, context, now)
    reason = Reason.LIST_EXHAUSTED if call.exhausted else Reason.CALLED
    return _told_to_others(Transition(reason=reason, alert=call.alert), call, now, by=by, text=text)


def then_the_next(done: Transition, now: datetime, context: Context) -> Transition:
    """Call the next at once, if it still rings for them."""
    alert = done.alert
    if alert is None or not alert.rings or not alert.calls_people:
        return done
    call = escalation.call_early(alert, context, now)
    return _told_to_others(replace(done, alert=call.alert), call, now)


def _told_to_others(
    done: Transition, call: Call, now: datetime, *, by: str | None = None, text: str = ""
) -> Transition:
    """Call all but those who go already; that somebody was spared is written too."""
    go = {visit.responder_id for visit in call.alert.visits if goes(visit, now)}
    spared = [one for one in call.notifications if one.purpose is Purpose.HELP and one.responder_id in go]
    others = tuple(one for one in call.notifications if one not in spared)
    passed = call.spared + tuple((one.responder_id, Spared.GOES_ALREADY) for one in spared)
    return tell(done, replace(call, notifications=others, spared=passed), now, by=by, text=text)


def tell(done: Transition, call: Call, now: datetime, *, by: str | None = None, text: str = "") -> Transition:
    """Write who is called into the log, and the calls into the outbox; who was not, and that nobody was, too."""
    if call.exhausted:
        done = done.line(AlertChangeKind.LIST_EXHAUSTED, now, text="" if call.somebody else text)
    if call.nobody:
        done = done.line(AlertChangeKind.NOBODY_TO_CALL, now)
    if call.unmanned:
        done = done.line(AlertChangeKind.UNMANNED, now)
    if call.somebody:
        done = done.line(AlertChangeKind.ESCALATED, now, by=by, text=text)
    for notification in call.notifications:
        done = done.line(
            AlertChangeKind.NOTIFIED, now, by=notification.responder_id, notification_id=notification.notification_id
        )
    for who, why in dict.fromkeys(call.spared):
        done = done.line(AlertChangeKind.SUPPRESSED, now, by=who, text=why)
    return replace(done, notifications=done.notifications + call.notifications)
