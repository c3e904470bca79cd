"""Whom a step of a policy calls now: those of its kinds and on its rosters who consented, in their hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.model import Alert
from alerts.transition import Context
from contracts import ResponderId, Severity
from homes.hours import open_at, shift_at
from homes.model import Policy, PolicyStep, Responder, ResponderKind, When


class Spared(StrEnum):
    """Why somebody whom a step names is not called; the log keeps the word."""

    NO_CONSENT = "no_consent"
    OUT_OF_HOURS = "out_of_hours"
    GOES_ALREADY = "goes_already"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One call of a step: a step that calls three times is three rungs of the ladder."""

    step: PolicyStep
    #: The step's place in the policy.
    place: int
    #: Counted from the rung before; of the first from the opening of the alert.
    after: timedelta


def ladder(policy: Policy) -> tuple[Rung, ...]:
    """Lay out a policy as the calls that it makes one after the other in a round."""
    return tuple(_rungs(policy))


def _rungs(policy: Policy) -> Iterator[Rung]:
    for place, step in enumerate(policy.steps):
        yield Rung(step=step, place=place, after=timedelta(seconds=step.after_seconds))
        for _ in range(step.times - 1):
            yield Rung(step=step, place=place, after=timedelta(seconds=step.again_after_seconds))


def applies(when: When, alert: Alert, context: Context, at: datetime) -> bool:
    """Tell whether a step is taken for an alert at a moment; what a condition leaves empty asks for nothing."""
    return all(
        (
            not when.hazards or alert.hazard in when.hazards,
            not when.severities or alert.severity in when.severities,
            not when.districts or context.district_id in when.districts,
            when.shift is None or shift_at(at, context.timezone) is when.shift,
            open_at(when.hours, at, context.timezone),
        )
    )


def next_wait(alert: Alert) -> timedelta:
    """Tell how long the wait before the next call is, as the policy says it for this hazard and severity."""
    for rung in ladder(alert.policy)[alert.called_in_round :]:
        when = rung.step.when
        if alert.hazard in (when.hazards or (alert.hazard,)) and alert.severity in (
            when.severities or (alert.severity,)
        ):
            return rung.after
    return timedelta(seconds=alert.policy.repeat_every_seconds)


def people(step: PolicyStep, alert: Alert, context: Context, at: datetime) -> tuple[Responder, ...]:
    """Name whom a step calls at a moment, in calling order, each once; whoever did not consent never is."""
    asked = [one for one in candidates(step, context) if one.consented]
    if hours_are_waived(alert):
        return tuple(asked)
    return tuple(one for one in asked if open_at(one.hours, at, context.timezone))


def spared(step: PolicyStep, alert: Alert, context: Context, at: datetime) -> tuple[tuple[ResponderId, Spared], ...]:
    """Name whom a step would call at a moment and does not, and why."""
    called = {one.responder_id for one in people(step, alert, context, at)}
    return tuple(
        (one.responder_id, Spared.OUT_OF_HOURS if one.consented else Spared.NO_CONSENT)
        for one in candidates(step, context)
        if one.responder_id not in called
    )


def candidates(step: PolicyStep, context: Context) -> tuple[Responder, ...]:
    """Name everybody of a step's kinds on the home's list, and then whoever is on duty in its rosters."""
    listed = {one.responder_id: one for one in context.responders}
    found = {one.responder_id: one for one in context.responders if one.kind in step.kinds}
    for roster in step.rosters:
        for one in context.rosters.get(roster, ()):
            # What the home knows of them counts: whoever refused this home is not called by a roster either.
            found.setdefault(one.responder_id, listed.get(one.responder_id, one))
    return tuple(found.values())


def hours_are_waived(alert: Alert) -> bool:
    """Tell whether people are called outside their hours: an emergency, and the whole list has not answered."""
    # A list on which nobody is in their hours is gone through at once, so that nobody waits for this.
    return alert.severity is Severity.EMERGENCY and alert.rounds > 0


def reachable(responder: Responder) -> bool:
    """Tell whether a responder may be called and can be."""
    return responder.consented and bool(responder.contacts)


def person(context: Context, responder_id: ResponderId) -> Responder | None:
    """Find a responder on the home's list, or among those on duty."""
    on_duty = (one for people in context.rosters.values() for one in people)
    return next((one for one in (*context.responders, *on_duty) if one.responder_id == responder_id), None)


def watched_by_nobody(step: PolicyStep, context: Context) -> bool:
    """Tell whether a step trusts in operators while none is at a console."""
    return ResponderKind.OPERATOR in step.kinds and not context.manned
