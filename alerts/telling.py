"""Calls beside the escalation: another has it, a responder is silent, a centre is asked, a home is asked."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Final

from alerts.model import Alert, Notification, Purpose
from alerts.plan import reachable
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, ResponderId
from homes.model import Channel, Responder

#: The one who lives there, when it is they who are called.
RESIDENT: Final = ResponderId("resident")


def told_taken(done: Transition, now: datetime, context: Context) -> Transition:
    """Tell everybody whose call was brought to them, and who is not on the way, that nobody need go any more."""
    alert = done.alert
    if alert is None:
        return done
    spared = {visit.responder_id for visit in alert.visits} | set(alert.declined)
    latest = {call.responder_id: call for call in context.called}
    calls = [_taken(call, now) for who, call in latest.items() if who not in spared]
    for call in calls:
        done = done.line(AlertChangeKind.TOLD_TAKEN, now, by=call.responder_id, notification_id=call.notification_id)
    return replace(done, notifications=(*done.notifications, *calls))


def told(done: Transition, people: Iterable[Responder], purpose: Purpose, mark: str, now: datetime) -> Transition:
    """Call people for a purpose, each by their first contact; the same mark is the same call."""
    alert = done.alert
    if alert is None:
        return done
    calls = [
        call_of(alert, person.responder_id, person.contacts[0].channel, purpose, mark, now)
        for person in people
        if reachable(person)
    ]
    for call in calls:
        done = done.line(AlertChangeKind.NOTIFIED, now, by=call.responder_id, notification_id=call.notification_id)
    return replace(done, notifications=(*done.notifications, *calls))


def call_of(
    alert: Alert, responder_id: ResponderId, channel: Channel, purpose: Purpose, mark: str, now: datetime
) -> Notification:
    """Make one call."""
    return Notification(
        notification_id=_name(alert.alert_id, purpose, responder_id, mark),
        alert_id=alert.alert_id,
        home_id=alert.home_id,
        responder_id=responder_id,
        channel=channel,
        contact=0,
        step=alert.step,
        purpose=purpose,
        severity=alert.severity,
        hazard=alert.hazard,
        since=alert.since,
        late=alert.late,
        called_at=now,
    )


def _taken(call: Notification, now: datetime) -> Notification:
    # Named by the call that it takes back: whoever is called anew is told anew, and nobody twice of one call.
    name = _name(call.alert_id, Purpose.TAKEN, call.responder_id, call.notification_id)
    return replace(call, notification_id=name, purpose=Purpose.TAKEN, called_at=now, insisted=False, send_at=None)


def _name(alert_id: str, purpose: Purpose, responder_id: str, mark: str) -> str:
    parts = ("notification", alert_id, purpose, responder_id, mark)
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
