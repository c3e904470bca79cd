"""How an alert ends: a person says how, what remains to be done is done, and the file is closed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts import telling
from alerts.events import CloseFile, FollowedUp, Resolve
from alerts.in_hand import is_stale
from alerts.model import Alert, Purpose
from alerts.outcomes import Outcome, OutcomeCode
from alerts.reasons import Reason
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState, FollowUp
from homes.model import ResponderKind

#: What remains after a case of a group, and within which time: a word with the family, a plan of care, a repair.
FOLLOW_UP_WITHIN: Final = {
    "E": timedelta(hours=24),
    "C": timedelta(hours=72),
    "T": timedelta(hours=48),
    "U": timedelta(hours=24),
}
#: A supervisor hears of what is overdue so often, until it is done.
REMINDED_EVERY: Final = timedelta(hours=24)
#: Nothing remains: a talk was all that was wanted, or another case has the matter.
NOTHING_REMAINS: Final = frozenset({OutcomeCode.REASSURANCE, OutcomeCode.DUPLICATE})
#: Nobody has seen the resident: such a case does not end here, another must take it.
NEVER_ENDS: Final = frozenset({OutcomeCode.NO_CONTACT})


def resolve(alert: Alert, event: Resolve, now: datetime, context: Context) -> Transition:
    """Let a person end it: nobody is called any more. Nobody ends what they have not seen."""
    if is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    if event.outcome in NEVER_ENDS and not alert.test:
        return Transition(reason=Reason.MUST_BE_HANDED_OVER, alert=alert)
    outcome = Outcome(
        code=event.outcome,
        resolved_by=event.resolved_by,
        minutes=event.minutes,
        rule_at_fault=event.rule_at_fault,
    )
    return resolved(Transition(reason=Reason.RESOLVED, alert=alert), outcome, now, context, by=event.operator)


def resolved(done: Transition, outcome: Outcome, now: datetime, context: Context, *, by: str) -> Transition:
    """End an alert with its outcome, tell those who were called, and say what remains."""
    if done.alert is None:
        return done
    ended = replace(_ended(done.alert, now), outcome=outcome)
    done = replace(done, alert=ended, withdraws=True).line(AlertChangeKind.RESOLVED, now, by=by)
    done = telling.told_taken(done, now, context)
    within = None if ended.test else remains(outcome.code)
    if within is None:
        return _perhaps_closed(done, now)
    due = replace(done.alert or ended, follow_up=FollowUp.DUE, follow_up_at=now + within)
    return replace(done, alert=due).line(AlertChangeKind.FOLLOW_UP_DUE, now)


def remains(code: OutcomeCode) -> timedelta | None:
    """Tell within which time something remains to be done after such an outcome; None: nothing does."""
    return None if code in NOTHING_REMAINS else FOLLOW_UP_WITHIN.get(code[0])


def close_by_itself(alert: Alert, now: datetime) -> Transition:
    """Close a notice or a device's trouble that is over and that nobody has in hand."""
    closed = replace(_ended(alert, now), restored_at=now)
    done = Transition(reason=Reason.CLOSED_BY_ITSELF, alert=closed).line(AlertChangeKind.RESOLVED, now)
    return _perhaps_closed(done, now)


def followed_up(alert: Alert, event: FollowedUp, now: datetime) -> Transition:
    """What remained is done; a file that no supervisor must read is closed with it."""
    if alert.state is not AlertState.RESOLVED:
        return Transition(reason=Reason.NOT_RESOLVED, alert=alert)
    if alert.follow_up is not FollowUp.DUE:
        return Transition(reason=Reason.NOTHING_REMAINS, alert=alert)
    if event.version is not None and is_stale(alert, event.version):
        return Transition(reason=Reason.RANG_SINCE_SEEN, alert=alert)
    done = Transition(reason=Reason.FOLLOWED_UP, alert=replace(alert, follow_up=FollowUp.DONE, remind_at=None))
    return _perhaps_closed(done.line(AlertChangeKind.FOLLOWED_UP, now, by=event.operator, text=event.text), now)


def overdue(alert: Alert, now: datetime, context: Context) -> Transition:
    """What remained was not done in time: the home's supervisors are called, today and every day until it is."""
    remind_at = alert.remind_at or alert.follow_up_at
    if alert.follow_up is not FollowUp.DUE or remind_at is None or now < remind_at:
        return Transition(reason=Reason.RESOLVED_BEFORE, alert=alert)
    late = Transition(reason=Reason.FOLLOW_UP_OVERDUE, alert=replace(alert, remind_at=now + REMINDED_EVERY))
    late = late.line(AlertChangeKind.FOLLOW_UP_DUE, now)
    supervisors = [one for one in context.responders if one.kind is ResponderKind.SUPERVISOR]
    told = telling.told(late, supervisors, Purpose.FOLLOW_UP, str(alert.version), now)
    return told if told.notifications else told.line(AlertChangeKind.NOBODY_TO_CALL, now)


def close_file(alert: Alert, event: CloseFile, now: datetime) -> Transition:
    """A supervisor has read the file of what was an emergency."""
    if alert.state is not AlertState.RESOLVED:
        return Transition(reason=Reason.NOT_RESOLVED, alert=alert)
    if alert.closed_at is not None:
        return Transition(reason=Reason.FILE_CLOSED_BEFORE, alert=alert)
    if alert.follow_up is FollowUp.DUE:
        return Transition(reason=Reason.SOMETHING_REMAINS, alert=alert)
    if event.version is not None and event.version < alert.version:
        return Transition(reason=Reason.NOT_READ_TO_THE_END, alert=alert)
    return _closed(Transition(reason=Reason.FILE_CLOSED), alert, now, by=event.supervisor)


def _ended(alert: Alert, now: datetime) -> Alert:
    return replace(alert, state=AlertState.RESOLVED, resolved_at=now, due_at=None, timers=(), proposed=None)


def _perhaps_closed(done: Transition, now: datetime) -> Transition:
    """Close the file by itself, unless a supervisor has to read it."""
    if done.alert is None or (done.alert.was_emergency and not done.alert.test):
        return done
    return _closed(done, done.alert, now)


def _closed(done: Transition, alert: Alert, now: datetime, *, by: str | None = None) -> Transition:
    return replace(done, alert=replace(alert, closed_at=now)).line(AlertChangeKind.CLOSED, now, by=by)
