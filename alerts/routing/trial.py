"""Let a case of a home run through the real rules in a time that is only counted, and write down whom it would call."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts import escalation
from alerts.events import Due, Found
from alerts.machine import advance
from alerts.model import Alert, Notification, Purpose
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, Evidence, Finding, Hazard, Phase, ResponderId, Sentence, Severity, finding_id
from homes.asking import asks_by
from homes.model import Channel, Home, Responder, ResponderKind, Roster
from homes.rosters import duty

#: The list is gone through so often.
LISTS: Final = 2
#: A policy that calls often and waits long is still told in whole; what is longer is cut, and says so.
_MOST_TURNS: Final = 500
#: These begin as emergencies; whatever else is tried is urgent unless somebody says otherwise.
EMERGENCIES: Final = frozenset({Hazard.HELP, Hazard.FALL, Hazard.FIRE, Hazard.GAS, Hazard.CARBON_MONOXIDE})


class What(StrEnum):
    """What would happen."""

    OPENED = "opened"
    ASKED = "asked"
    #: The operators have it on their board.
    BOARD = "board"
    CALLED = "called"
    UNMANNED = "unmanned"
    LIST_EXHAUSTED = "list_exhausted"
    NOBODY_TO_CALL = "nobody_to_call"
    #: Nobody is called for it, but somebody must look.
    LOOKED_AT = "looked_at"


class Why(StrEnum):
    """Why somebody on the list would never be called."""

    NO_CONSENT = "no_consent"
    NO_CONTACT = "no_contact"
    NOT_IN_THEIR_HOURS = "not_in_their_hours"
    ON_NO_STEP = "on_no_step"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One thing that would happen."""

    at: datetime
    after: timedelta
    what: What
    step: int
    who: ResponderId | None = None
    kind: ResponderKind | None = None
    by: Channel | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True, kw_only=True)
class Route:
    """Everything that would happen until the list was gone through, and who would not be called at all."""

    turns: tuple[Turn, ...]
    never: tuple[tuple[ResponderId, Why], ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is tried."""

    home: Home
    hazard: Hazard
    severity: Severity
    at: datetime
    manned: bool = True
    by_voice: bool = False
    rosters: tuple[Roster, ...] = ()
    #: Whom the rosters may name.
    people: tuple[Responder, ...] = ()


def route(asked: Asked) -> Route:
    """Tell who would be called when, until the list was gone through twice and nobody had answered."""
    turns = sorted(_turns(asked), key=lambda turn: turn.at)
    return Route(turns=tuple(turns[:_MOST_TURNS]), never=tuple(_never(asked, turns)))


def _turns(asked: Asked) -> Iterator[Turn]:
    done = advance(None, Found(finding=_finding(asked)), asked.at, _context(asked, asked.at))
    yield Turn(at=asked.at, after=timedelta(0), what=What.OPENED, step=0)
    now, turns = asked.at, 0
    while True:
        for turn in _told(asked, done, now):
            turns += 1
            yield turn
        alert = done.alert
        if alert is None or alert.due_at is None or alert.rounds >= LISTS or turns >= _MOST_TURNS:
            return
        now = alert.due_at
        if not alert.calls_people:
            yield Turn(at=now, after=now - asked.at, what=What.LOOKED_AT, step=alert.step)
            return
        done = advance(alert, Due(alert_id=alert.alert_id), now, _context(asked, now))


def _finding(asked: Asked) -> Finding:
    return Finding(
        finding_id=finding_id(asked.home.home_id, "tried", asked.at),
        home_id=asked.home.home_id,
        kind="tried",
        hazard=asked.hazard,
        severity=asked.severity,
        phase=Phase.BEGAN,
        since=asked.at,
        told_at=asked.at,
        evidence=Evidence(rule="tried/1", sentence=Sentence(ko="시험 삼아", en="Tried")),
    )


def _context(asked: Asked, at: datetime) -> Context:
    home, people = asked.home, {one.responder_id: one for one in asked.people}
    asks = asks_by(home, by_voice=asked.by_voice)
    return Context(
        responders=home.responders,
        policy=home.policy,
        rosters=duty(asked.rosters, people, at),
        manned=asked.manned,
        can_ask=asks is not None,
        asks_by=asks.channel if asks else Channel.DEVICE,
        district_id=home.district.district_id,
        timezone=home.timezone,
    )


_SAID: Final = {
    AlertChangeKind.LIST_EXHAUSTED: What.LIST_EXHAUSTED,
    AlertChangeKind.NOBODY_TO_CALL: What.NOBODY_TO_CALL,
    AlertChangeKind.UNMANNED: What.UNMANNED,
}


def _told(asked: Asked, done: Transition, now: datetime) -> Iterator[Turn]:
    step = done.alert.step if done.alert else 0
    for line in done.lines:
        if line.change in _SAID:
            yield Turn(at=now, after=now - asked.at, what=_SAID[line.change], step=line.step)
    if done.alert and asked.manned and _is_on_the_board(done):
        yield Turn(at=now, after=now - asked.at, what=What.BOARD, step=step, kind=ResponderKind.OPERATOR)
    for call in done.notifications:
        at = call.send_at or now
        what = What.ASKED if call.purpose is Purpose.CHECK else What.CALLED
        yield Turn(
            at=at,
            after=at - asked.at,
            what=what,
            step=call.step,
            who=call.responder_id,
            kind=_kind(asked, call),
            by=call.channel,
            purpose=call.purpose,
        )


def _is_on_the_board(done: Transition) -> bool:
    """Tell whether a step of this call gives the operators their time."""
    return any(line.change is AlertChangeKind.ESCALATED for line in done.lines) and _for_operators(done.alert)


def _for_operators(alert: Alert | None) -> bool:
    if alert is None or not alert.called_in_round:
        return False
    return any(ResponderKind.OPERATOR in rung.step.kinds for rung in escalation.latest_rungs(alert))


def _kind(asked: Asked, call: Notification) -> ResponderKind | None:
    known = (*asked.home.responders, *asked.people)
    return next((one.kind for one in known if one.responder_id == call.responder_id), None)


def _never(asked: Asked, turns: Iterable[Turn]) -> Iterator[tuple[ResponderId, Why]]:
    called = {turn.who for turn in turns}
    kinds = {kind for step in asked.home.policy.steps for kind in step.kinds} | {ResponderKind.SUPERVISOR}
    for one in asked.home.responders:
        if one.responder_id not in called and not (one.kind is ResponderKind.OPERATOR and not one.contacts):
            yield one.responder_id, _why(one, kinds)


def _why(responder: Responder, kinds: set[ResponderKind]) -> Why:
    if not responder.consented:
        return Why.NO_CONSENT
    if not responder.contacts:
        return Why.NO_CONTACT
    if responder.kind not in kinds:
        return Why.ON_NO_STEP
    return Why.NOT_IN_THEIR_HOURS if responder.hours else Why.ON_NO_STEP
