"""Who is called, and when the next are: down the policy's steps, then the supervisor, then from the start again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from alerts import in_the_home, plan
from alerts.model import Alert, DueFor, Notification, Purpose
from alerts.plan import Rung, Spared
from alerts.transition import Context
from contracts import AlertState, Hazard, ResponderId, Severity
from homes.model import Policy, Responder, ResponderKind

#: The operators see every alert at once; responders are left in peace for so long before they are called, unless the
#: policy names the severity and so says itself how long.
PATIENCE: Final = {
    Severity.EMERGENCY: timedelta(0),
    Severity.URGENT: timedelta(0),
    Severity.CAUTION: timedelta(minutes=15),
}
#: A notice, a device or a test calls nobody; somebody must look within this.
LOOK_WITHIN: Final = timedelta(minutes=60)
#: However a policy is written, a list is not run through faster than this.
SHORTEST_ROUND: Final = timedelta(seconds=15)
#: A list of which nobody could be reached begins again after so long, or sooner if its policy says so.
SOON: Final = timedelta(seconds=60)
#: A home without a policy: its list is exhausted at once, and the supervisor hears of it.
NO_POLICY: Final = Policy(policy_id="none", name="none", steps=())


@dataclass(frozen=True, kw_only=True)
class Call:
    """Who is called now, and the alert with its next due time."""

    alert: Alert
    notifications: tuple[Notification, ...]
    #: Somebody was told: by a notification, or the operators by their board.
    somebody: bool = False
    #: The list had come to its end: this is itself an alarm.
    exhausted: bool = False
    #: A step trusts in operators, and none is at a console.
    unmanned: bool = False
    #: The list has people on it, and begins again after a pause.
    rests: bool = False
    #: Who was passed over, and why.
    spared: tuple[tuple[ResponderId, Spared], ...] = ()

    @property
    def nobody(self) -> bool:
        """Tell whether the list was gone through and there was nobody at all to call."""
        return self.exhausted and not self.somebody and not self.notifications and not self.rests


def begin(alert: Alert, context: Context, now: datetime) -> Call:
    """Start an escalation from the first step: at once, unless the policy or the severity is patient."""
    alert = replace(alert, round_began=alert.step, declined=())
    if not alert.calls_people:
        return Call(alert=look_later(alert, now), notifications=())
    wait = _first_wait(alert, context, now)
    if wait:
        return Call(alert=_due(alert, now + wait), notifications=())
    return call(alert, context, now)


def call(alert: Alert, context: Context, now: datetime) -> Call:
    """Call whoever is next on the list; at its end call the supervisor and begin again. It never gives up."""
    here = _go_down(alert, context, now)
    if here.somebody:
        return here
    again = _exhausted(here.alert, context, now)
    return replace(again, unmanned=again.unmanned or here.unmanned, spared=here.spared + again.spared)


def call_early(alert: Alert, context: Context, now: datetime) -> Call:
    """Call whoever is next before their time; a list that is at its end alarms at once, and begins again soon.

    Not at once: where nobody can be reached, or everybody has said no, a list without a pause would be called in an
    endless circle, and its supervisor with it.
    """
    here = _go_down(alert, context, now)
    if here.somebody:
        return here
    again = _exhausted(here.alert, context, now, pause=min(_round_wait(alert.policy), SOON))
    return replace(again, unmanned=again.unmanned or here.unmanned, spared=here.spared + again.spared)


def next_contact(called: Notification, responder: Responder, now: datetime) -> Notification | None:
    """Call the same responder by their next contact, when there is one; at once, even if it was to wait."""
    contact = called.contact + 1
    # The siren and the speaker were told together, each of what it is for: one does not stand in for the other.
    if contact >= len(responder.contacts) or called.purpose is Purpose.IN_THE_HOME:
        return None
    return replace(
        called,
        notification_id=_name(called.alert_id, called.step, called.purpose, responder, contact),
        channel=responder.contacts[contact].channel,
        contact=contact,
        called_at=now,
        send_at=None,
    )


def called_last(alert: Alert, context: Context, responder_id: ResponderId) -> bool:
    """Tell whether a responder belongs to the step that was called last: only such a no brings the next at once."""
    called = (one for rung in latest_rungs(alert) for one in plan.candidates(rung.step, context))
    return any(one.responder_id == responder_id for one in called)


def latest_rungs(alert: Alert) -> tuple[Rung, ...]:
    """Name the step that was called last, with those that came with it."""
    return plan.ladder(alert.policy)[_latest(alert) : alert.called_in_round]


def is_latest(alert: Alert, called: Notification) -> bool:
    """Tell whether a call belongs to the step that was called last."""
    return bool(alert.called_in_round) and called.step > alert.round_began + _latest(alert)


def look_later(alert: Alert, now: datetime) -> Alert:
    """Put an alert that calls nobody back on the list of what must be looked at."""
    return replace(alert, due_at=now + LOOK_WITHIN, due_for=DueFor.LOOK)


def _first_wait(alert: Alert, context: Context, now: datetime) -> timedelta:
    rungs = plan.ladder(alert.policy)
    place = _next(rungs, alert, context, now, waits=True)
    # A list on which no step applies is at its end already: the supervisor hears of it.
    if place is None:
        return PATIENCE[alert.severity]
    named = alert.severity in rungs[place].step.when.severities
    return rungs[place].after + (timedelta(0) if named else PATIENCE[alert.severity])


def _go_down(alert: Alert, context: Context, now: datetime) -> Call:
    """Call the next step that has somebody on it, and those steps that follow without a wait."""
    rungs = plan.ladder(alert.policy)
    notifications: tuple[Notification, ...] = ()
    devices: tuple[Notification, ...] = ()
    spared: tuple[tuple[ResponderId, Spared], ...] = ()
    somebody = unmanned = False
    while (place := _next(rungs, alert, context, now, waits=somebody)) is not None:
        if somebody and rungs[place].after:
            break
        step = rungs[place].step
        alert = replace(alert, step=alert.round_began + place + 1)
        # Two steps at one moment are one call for whoever is on both.
        already = {one.responder_id for one in notifications + devices}
        called = [one for one in plan.people(step, alert, context, now) if one.responder_id not in already]
        spared += plan.spared(step, alert, context, now)
        notifications += tuple(_calls(alert, in_the_home.people(called), Purpose.HELP, now))
        # Operators at a console need no push: the board shows it to them, and their step gives them their time.
        alone = plan.watched_by_nobody(step, context)
        unmanned = unmanned or alone
        devices += tuple(_calls(alert, in_the_home.devices(called), Purpose.IN_THE_HOME, now))
        somebody = somebody or bool(notifications) or (ResponderKind.OPERATOR in step.kinds and not alone)
    if place is None:
        alert = replace(alert, step=alert.step if somebody else alert.round_began + len(rungs))
    alert = _due(alert, now + (_round_wait(alert.policy) if place is None else rungs[place].after))
    calls = notifications + devices
    return Call(alert=alert, notifications=calls, somebody=somebody, unmanned=unmanned, spared=spared)


def _next(rungs: Sequence[Rung], alert: Alert, context: Context, now: datetime, *, waits: bool) -> int | None:
    """Find the next rung that applies when its turn comes; one that does not costs no time."""
    for place in range(alert.called_in_round, len(rungs)):
        at = now + rungs[place].after if waits else now
        if plan.applies(rungs[place].step.when, alert, context, at):
            return place
    return None


def _exhausted(alert: Alert, context: Context, now: datetime, *, pause: timedelta = timedelta(0)) -> Call:
    """Call the supervisor, and the list from its start: now, or after a pause."""
    alert = replace(alert, step=alert.step + 1, rounds=alert.rounds + 1, declined=())
    supervisors = (one for one in context.responders if one.kind is ResponderKind.SUPERVISOR and one.consented)
    alarm = tuple(_calls(alert, supervisors, Purpose.NOBODY_ANSWERED, now))
    anew = replace(alert, round_began=alert.step)
    again = _go_down(anew, context, now)
    if pause:
        again = Call(alert=_due(anew, now + pause), notifications=(), rests=again.somebody)
    return replace(again, notifications=alarm + again.notifications, exhausted=True)


def _due(alert: Alert, at: datetime) -> Alert:
    # Whoever has it in hand keeps their time; calling more people does not take it away.
    if alert.state is AlertState.ACKNOWLEDGED:
        return alert
    return replace(alert, due_at=at, due_for=DueFor.CALL)


def _round_wait(policy: Policy) -> timedelta:
    return max(timedelta(seconds=policy.repeat_every_seconds), SHORTEST_ROUND)


def _latest(alert: Alert) -> int:
    """Find where the last call began: steps without a wait belong to the one before them."""
    rungs = plan.ladder(alert.policy)
    place = max(alert.called_in_round - 1, 0)
    while place > 0 and not rungs[place].after:
        place -= 1
    return place


def _calls(alert: Alert, people: Iterable[Responder], purpose: Purpose, now: datetime) -> Iterator[Notification]:
    for person in people:
        # Somebody without a contact cannot be called; the step goes on as if they were not on it.
        for contact, send_at in _contacts(person, alert.hazard, now):
            yield Notification(
                notification_id=_name(alert.alert_id, alert.step, purpose, person, contact),
                alert_id=alert.alert_id,
                home_id=alert.home_id,
                responder_id=person.responder_id,
                channel=person.contacts[contact].channel,
                contact=contact,
                step=alert.step,
                purpose=purpose,
                severity=alert.severity,
                hazard=alert.hazard,
                since=alert.since,
                late=alert.late,
                called_at=now,
                send_at=send_at,
            )


def _contacts(person: Responder, hazard: Hazard, now: datetime) -> Iterator[tuple[int, datetime | None]]:
    """Name the contacts by which somebody is called now and later; the others follow only when one fails."""
    if person.kind is ResponderKind.IN_THE_HOME:
        yield from ((place, None) for place in in_the_home.suiting(person.contacts, hazard))
        return
    for place, contact in enumerate(person.contacts):
        after = contact.after_seconds
        if place == 0 or after is not None:
            yield place, now + timedelta(seconds=after) if after else None


def _name(alert_id: str, step: int, purpose: Purpose, person: Responder, contact: int) -> str:
    # Derived: the same call has the same name, whoever writes it and however often.
    parts = ("notification", alert_id, str(step), purpose, person.responder_id, str(contact))
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
