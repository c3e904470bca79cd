"""A case goes from the hands of one operator into another's: nothing else about it changes, and nothing is silenced."""

from dataclasses import replace
from datetime import datetime

from alerts.events import PassOn
from alerts.in_hand import held, is_stale, said_on
from alerts.model import Alert
from alerts.reasons import Reason
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState, Severity

#: Whoever holds one of these does not leave without handing it over.
HELD_TO_THE_END = frozenset({Severity.EMERGENCY, Severity.URGENT})


def passed_on(alert: Alert, event: PassOn, now: datetime, context: Context) -> Transition:
    """Give it to the next operator; their time begins, what is watched is watched on."""
    if alert.owner != event.operator:
        return Transition(reason=Reason.NOT_THEIRS, alert=alert)
    if not event.to.strip() or event.to == event.operator:
        return Transition(reason=Reason.NOBODY_NAMED, alert=alert)
    if event.version is not None and is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    theirs = replace(alert, owner=event.to)
    if alert.state is AlertState.ACKNOWLEDGED:
        theirs = held(theirs, now, context, least=said_on(alert))
    done = Transition(reason=Reason.PASSED_ON, alert=theirs)
    # To the world it is an acknowledgement by the next: whoever knows no shifts need not learn of them.
    return done.line(AlertChangeKind.ACKNOWLEDGED, now, by=event.to, text=event.operator)
