"""What an operator does with a case in hand: takes it, writes, telephones, calls more people, sends somebody."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from alerts import escalation, telling, visits
from alerts.events import Acknowledge, Dispatch, EscalateNow, Lower, Note, Phoned
from alerts.in_hand import held, in_the_way, is_stale, said_on
from alerts.model import Alert, Purpose, VisitStage
from alerts.reasons import Reason
from alerts.ringing import call_next, ring
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertStage, AlertState
from homes.model import Responder, ResponderKind

#: What ends when an operator wants people called at once, although nobody rings yet.
_CUT_SHORT: Final = {
    AlertState.CHECKING: AlertChangeKind.CHECK_UNANSWERED,
    AlertState.WATCHING: AlertChangeKind.WATCH_ENDED,
    AlertState.HANDED_OVER: AlertChangeKind.TAKEN_BACK,
}


def acknowledged(alert: Alert, event: Acknowledge, now: datetime, context: Context) -> Transition:
    """Give it to an operator for a while: it is quiet until they act or their time is up."""
    if reason := in_the_way(alert, event.operator):
        return Transition(reason=reason, alert=alert)
    if event.version < alert.rang_version:
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    reason = Reason.LEASE_RENEWED if alert.owner == event.operator else Reason.ACKNOWLEDGED
    mine = held(replace(alert, owner=event.operator), now, context, least=said_on(alert))
    done = Transition(reason=reason, alert=mine, withdraws=reason is Reason.ACKNOWLEDGED)
    return done.line(AlertChangeKind.ACKNOWLEDGED, now, by=event.operator)


def noted(alert: Alert, event: Note, now: datetime, context: Context) -> Transition:
    """Whoever writes about a case that they have in hand is at work on it: their time begins anew."""
    if not event.text.strip():
        return Transition(reason=Reason.NOTHING_WRITTEN, alert=alert)
    done = Transition(reason=Reason.NOTED, alert=_at_work(alert, event.operator, now, context, said_on(alert)))
    return done.line(AlertChangeKind.NOTED, now, by=event.operator, text=event.text)


def phoned(alert: Alert, event: Phoned, now: datetime, context: Context) -> Transition:
    """Write down whom an operator rang up and what came of it: the id and the result, never the number."""
    if not event.whom.strip():
        return Transition(reason=Reason.NOBODY_NAMED, alert=alert)
    if event.version is not None and is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    at_work = _at_work(alert, event.operator, now, context, AlertStage.ON_THE_PHONE)
    done = Transition(reason=Reason.PHONED, alert=at_work)
    return done.line(AlertChangeKind.PHONED, now, by=event.operator, text=f"{event.whom} {event.came_of_it}")


def _at_work(alert: Alert, operator: str, now: datetime, context: Context, stage: AlertStage) -> Alert:
    if alert.state is not AlertState.ACKNOWLEDGED or alert.owner != operator:
        return alert
    return held(alert, now, context, least=stage)


def escalated(alert: Alert, event: EscalateNow, now: datetime, context: Context) -> Transition:
    """Call the next people now. A button that was drawn before the last call does not skip a step."""
    if event.step_seen != alert.step:
        return Transition(reason=Reason.STEP_PASSED, alert=alert)
    if not alert.calls_people:
        return Transition(reason=Reason.CALLS_NOBODY, alert=alert)
    if change := _CUT_SHORT.get(alert.state):
        return ring(alert, Reason.CUT_SHORT, change, now, context, by=event.operator, text=event.why)
    done = call_next(alert, now, context, by=event.operator, text=event.why)
    return replace(done, notifications=tuple(replace(one, insisted=True) for one in done.notifications))


def dispatched(alert: Alert, event: Dispatch, now: datetime, context: Context) -> Transition:
    """Send somebody: they are called, the case is the operator's, and their way is watched."""
    if reason := in_the_way(alert, event.operator):
        return Transition(reason=reason, alert=alert)
    if is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    if not alert.calls_people:
        return Transition(reason=Reason.CALLS_NOBODY, alert=alert)
    who = next((one for one in _people(context) if one.responder_id == event.responder_id), None)
    if who is None or not who.consented or who.kind is ResponderKind.IN_THE_HOME:
        return Transition(reason=Reason.NOT_ON_THE_LIST, alert=alert)
    known = visits.visit_of(alert, who.responder_id)
    if known is not None and known.stage is not VisitStage.LEFT and known.expected_at > now:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    sent = replace(visits.sent(alert, who.responder_id, now), owner=event.operator)
    sent = held(sent, now, context, least=said_on(alert))
    done = Transition(reason=Reason.DISPATCHED, alert=sent, withdraws=True)
    done = done.line(AlertChangeKind.DISPATCHED, now, by=event.operator, text=who.responder_id)
    done = telling.told(done, [who], Purpose.HELP, f"sent {done.alert.version if done.alert else 0}", now)
    return replace(done, notifications=tuple(replace(one, insisted=True) for one in done.notifications))


def _people(context: Context) -> list[Responder]:
    on_duty = [one for roster in context.rosters.values() for one in roster]
    return [*context.responders, *on_duty]


def lowered(alert: Alert, event: Lower, now: datetime) -> Transition:
    """Follow what the evidence speaks for; nobody but a person makes an alert milder."""
    if is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    if alert.proposed is None or not alert.severity.rank < event.severity.rank <= alert.proposed.rank:
        return Transition(reason=Reason.NOTHING_PROPOSED, alert=alert)
    worst = min(alert.worst or alert.severity, alert.severity, key=lambda severity: severity.rank)
    milder = replace(alert, severity=event.severity, worst=worst, proposed=None)
    quiet = milder.rings and not milder.calls_people
    if quiet:
        milder = escalation.look_later(milder, now)
    done = Transition(reason=Reason.LOWERED, alert=milder, withdraws=quiet)
    return done.line(AlertChangeKind.LOWERED, now, by=event.operator, text=event.severity)
