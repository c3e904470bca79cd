"""Who is called, and when the next are: down the policy's steps, then the supervisor, then from the start again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from alerts.model import Alert, DueFor, Notification, Purpose
from contracts import AlertState, ResponderId, Severity
from homes.model import Policy, PolicyStep, Responder, ResponderKind

#: The operators see every alert at once; responders are left in peace for so long before they are called.
PATIENCE: Final = {
    Severity.EMERGENCY: timedelta(0),
    Severity.URGENT: timedelta(0),
    Severity.CAUTION: timedelta(minutes=15),
}
#: A notice, a device or a test calls nobody; somebody must look within this.
LOOK_WITHIN: Final = timedelta(minutes=60)
#: However a policy is written, a list is not run through faster than this.
SHORTEST_ROUND: Final = timedelta(seconds=15)
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


def begin(alert: Alert, responders: Sequence[Responder], now: datetime) -> Call:
    """Start an escalation from the first step: at once, unless the policy or the severity is patient."""
    alert = replace(alert, round_began=alert.step, declined=())
    if not alert.calls_people:
        return Call(alert=look_later(alert, now), notifications=())
    # A list without steps is at its end already: the supervisor hears of it at once.
    wait = PATIENCE[alert.severity] + (_wait_before(alert.policy, 0) if alert.policy.steps else timedelta(0))
    if wait:
        return Call(alert=_due(alert, now + wait), notifications=())
    return call(alert, responders, now)


def call(alert: Alert, responders: Sequence[Responder], now: datetime) -> Call:
    """Call whoever is next on the list; at its end call the supervisor and begin again. It never gives up."""
    here = _go_down(alert, responders, now)
    if here.somebody:
        return here
    return _exhausted(here.alert, responders, now)


def next_contact(called: Notification, responder: Responder, now: datetime) -> Notification | None:
    """Call the same responder by their next contact, when there is one."""
    contact = called.contact + 1
    if contact >= len(responder.contacts):
        return None
    return replace(
        called,
        notification_id=_name(called.alert_id, called.step, called.purpose, responder, contact),
        channel=responder.contacts[contact].channel,
        contact=contact,
        called_at=now,
    )


def called_last(alert: Alert, responders: Sequence[Responder], responder_id: ResponderId) -> bool:
    """Tell whether a responder belongs to the step that was called last: only such a no brings the next at once."""
    if not alert.called_in_round:
        return False
    latest = alert.policy.steps[_latest(alert) : alert.called_in_round]
    return any(responder.responder_id == responder_id for step in latest for responder in _on_step(step, responders))


def is_latest(alert: Alert, called: Notification) -> bool:
    """Tell whether a call belongs to the step that was called last."""
    return bool(alert.called_in_round) and called.step > alert.round_began + _latest(alert)


def look_later(alert: Alert, now: datetime) -> Alert:
    """Put an alert that calls nobody back on the list of what must be looked at."""
    return replace(alert, due_at=now + LOOK_WITHIN, due_for=DueFor.LOOK)


def _go_down(alert: Alert, responders: Sequence[Responder], now: datetime) -> Call:
    """Call the next step that has somebody on it, and those steps that follow without a wait."""
    steps = alert.policy.steps
    notifications: tuple[Notification, ...] = ()
    somebody = False
    while alert.called_in_round < len(steps):
        if somebody and _wait_before(alert.policy, alert.called_in_round):
            break
        step = steps[alert.called_in_round]
        alert = replace(alert, step=alert.step + 1)
        notifications += tuple(_calls(alert, _on_step(step, responders), Purpose.HELP, now))
        # Operators need no push: the board shows it to them, and their step gives them their time.
        somebody = somebody or bool(notifications) or ResponderKind.OPERATOR in step.kinds
    alert = _due(alert, now + _wait_before(alert.policy, alert.called_in_round))
    return Call(alert=alert, notifications=notifications, somebody=somebody)


def _exhausted(alert: Alert, responders: Sequence[Responder], now: datetime) -> Call:
    """Call the supervisor, and the list from its start."""
    alert = replace(alert, step=alert.step + 1, rounds=alert.rounds + 1, declined=())
    supervisors = [one for one in responders if one.kind is ResponderKind.SUPERVISOR]
    alarm = tuple(_calls(alert, supervisors, Purpose.NOBODY_ANSWERED, now))
    again = _go_down(replace(alert, round_began=alert.step), responders, now)
    return replace(again, notifications=alarm + again.notifications, exhausted=True)


def _due(alert: Alert, at: datetime) -> Alert:
    # Whoever has it in hand keeps their time; calling more people does not take it away.
    if alert.state is AlertState.ACKNOWLEDGED:
        return alert
    return replace(alert, due_at=at, due_for=DueFor.CALL)


def _wait_before(policy: Policy, place: int) -> timedelta:
    if place < len(policy.steps):
        return timedelta(seconds=policy.steps[place].after_seconds)
    return _round_wait(policy)


def _round_wait(policy: Policy) -> timedelta:
    return max(timedelta(seconds=policy.repeat_every_seconds), SHORTEST_ROUND)


def _latest(alert: Alert) -> int:
    """Find where the last call began: steps without a wait belong to the one before them."""
    place = alert.called_in_round - 1
    while place > 0 and not alert.policy.steps[place].after_seconds:
        place -= 1
    return place


def _on_step(step: PolicyStep, responders: Sequence[Responder]) -> list[Responder]:
    return [responder for responder in responders if responder.kind in step.kinds]


def _calls(alert: Alert, people: Iterable[Responder], purpose: Purpose, now: datetime) -> Iterable[Notification]:
    for person in people:
        # Somebody without a contact cannot be called; the step goes on as if they were not on it.
        if not person.contacts:
            continue
        yield Notification(
            notification_id=_name(alert.alert_id, alert.step, purpose, person, 0),
            alert_id=alert.alert_id,
            home_id=alert.home_id,
            responder_id=person.responder_id,
            channel=person.contacts[0].channel,
            contact=0,
            step=alert.step,
            purpose=purpose,
            severity=alert.severity,
            hazard=alert.hazard,
            since=alert.since,
            late=alert.late,
            called_at=now,
        )


def _name(alert_id: str, step: int, purpose: Purpose, person: Responder, contact: int) -> str:
    # Derived: the same call has the same name, whoever writes it and however often.
    parts = ("notification", alert_id, str(step), purpose, person.responder_id, str(contact))
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
