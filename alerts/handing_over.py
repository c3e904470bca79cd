"""Another centre is asked to take a case: it says that it has it, or the case comes back and rings."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts import telling
from alerts.events import HandOver, HandOverConfirmed
from alerts.in_hand import in_the_way, is_stale
from alerts.model import Alert, DueFor, Purpose
from alerts.reasons import Reason
from alerts.ringing import ring
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertStage, AlertState

#: The other centre must say within this that it has the case.
CONFIRMED_WITHIN: Final = timedelta(seconds=60)
#: It must have said how the case ended within this; then somebody here asks.
ENDED_WITHIN: Final = timedelta(minutes=60)


def handed_over(alert: Alert, event: HandOver, now: datetime, context: Context) -> Transition:
    """Ask another centre to take it; until it says yes, the case is as good as ours."""
    if alert.state is AlertState.HANDED_OVER and alert.centre == event.centre:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    if reason := in_the_way(alert, event.operator):
        return Transition(reason=reason, alert=alert)
    if is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    if not event.centre.strip():
        return Transition(reason=Reason.NOBODY_NAMED, alert=alert)
    if alert.test:
        return Transition(reason=Reason.CALLS_NOBODY, alert=alert)
    waits = replace(
        alert,
        state=AlertState.HANDED_OVER,
        stage=AlertStage.TAKEN,
        centre=event.centre,
        owner=None,
        owner_until=None,
        due_at=now + CONFIRMED_WITHIN,
        due_for=DueFor.HAND_OVER,
    )
    done = Transition(reason=Reason.HANDED_OVER, alert=waits, withdraws=True)
    done = done.line(AlertChangeKind.HANDED_OVER, now, by=event.operator, text=event.centre)
    centre = [one for one in context.responders if one.responder_id == event.centre]
    return telling.told(done, centre, Purpose.HAND_OVER, str(alert.version), now)


def confirmed(alert: Alert, event: HandOverConfirmed, now: datetime) -> Transition:
    """The other centre has it; it must say in time how it ends."""
    if alert.state is not AlertState.HANDED_OVER or alert.centre != event.centre:
        return Transition(reason=Reason.NOT_HANDED_OVER, alert=alert)
    if alert.due_for is not DueFor.HAND_OVER:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    theirs = replace(alert, due_at=now + ENDED_WITHIN, due_for=DueFor.LEASE)
    done = Transition(reason=Reason.HAND_OVER_CONFIRMED, alert=theirs)
    return done.line(AlertChangeKind.HAND_OVER_CONFIRMED, now, by=event.centre)


def came_back(alert: Alert, now: datetime, context: Context) -> Transition:
    """The other centre did not say that it has it, or not how it ended: it rings here."""
    unconfirmed = alert.due_for is DueFor.HAND_OVER
    reason = Reason.HAND_OVER_UNCONFIRMED if unconfirmed else Reason.NO_END_HEARD
    again = replace(alert, again=alert.again + 1)
    return ring(again, reason, AlertChangeKind.TAKEN_BACK, now, context)
