"""The life of a referral: requested, received, served, completed; or declined, or cancelled. The end is the end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from console.referrals.model import Act, Deed, Line, Referral, Service, State
from contracts import AlertId, HomeId

SATISFACTIONS: Final = range(1, 6)

#: Where an act leads, and from which states.
_WAYS: Final[Mapping[Act, tuple[State, frozenset[State]]]] = {
    Act.RECEIVE: (State.RECEIVED, frozenset({State.REQUESTED})),
    Act.BEGIN: (State.IN_SERVICE, frozenset({State.RECEIVED})),
    Act.COMPLETE: (State.COMPLETED, frozenset({State.IN_SERVICE})),
    Act.DECLINE: (State.DECLINED, frozenset({State.REQUESTED, State.RECEIVED})),
    Act.CANCEL: (State.CANCELLED, frozenset({State.REQUESTED, State.RECEIVED, State.IN_SERVICE})),
}


class Reason(StrEnum):
    """What came of a deed, refusals included."""

    DONE = "done"
    CHANGED_SINCE_SEEN = "changed_since_seen"
    NOT_FROM_HERE = "not_from_here"
    NOTHING_WRITTEN = "nothing_written"
    NO_OUTCOME = "no_outcome"
    NO_DAY = "no_day"
    BAD_SATISFACTION = "bad_satisfaction"
    RATED_BEFORE = "rated_before"
    NO_SUCH = "no_such"


@dataclass(frozen=True, kw_only=True)
class Advance:
    """A deed's outcome: the referral as it is now, and the line that is written, if one is."""

    reason: Reason
    referral: Referral
    line: Line | None = None


def asked(
    *,
    key: str,
    home_id: HomeId,
    district_id: str,
    alert_id: AlertId | None,
    service: Service,
    provider: str,
    due_on: date,
    by: str,
    text: str,
    at: datetime,
) -> Advance:
    """Begin a referral; the form's key names it, so that the same form sent twice is one."""
    name = blake2b("\x1f".join(("referral", key, home_id, service)).encode(), digest_size=12).hexdigest()
    made = Referral(
        referral_id=name,
        home_id=home_id,
        district_id=district_id,
        alert_id=alert_id,
        service=service,
        provider=provider,
        due_on=due_on,
        asked_at=at,
        asked_by=by,
    )
    return Advance(reason=Reason.DONE, referral=made, line=_line(made, Act.ASK, by, text, at))


def acts_from(referral: Referral) -> tuple[Act, ...]:
    """Name what can be done with it now, in the order of its life."""
    if referral.state.ended:
        may_rate = referral.state is State.COMPLETED and referral.satisfaction is None
        return (Act.RATE, Act.NOTE) if may_rate else (Act.NOTE,)
    ways = tuple(act for act, (_, froms) in _WAYS.items() if referral.state in froms)
    return (*ways, Act.POSTPONE, Act.NOTE)


def advance(referral: Referral, deed: Deed, at: datetime) -> Advance:
    """Take one step in the life of a referral; the answer says what is written, and why."""
    if reason := _refusal(referral, deed):
        return Advance(reason=reason, referral=referral)
    changed = replace(_changed(referral, deed, at), version=referral.version + 1)
    return Advance(reason=Reason.DONE, referral=changed, line=_line(changed, deed.act, deed.by, deed.text, at))


def _refusal(referral: Referral, deed: Deed) -> Reason | None:
    if deed.version != referral.version:
        return Reason.CHANGED_SINCE_SEEN
    if deed.act is Act.RATE and referral.satisfaction is not None:
        return Reason.RATED_BEFORE
    if deed.act not in acts_from(referral):
        return Reason.NOT_FROM_HERE
    return _lacks(deed)


def _lacks(deed: Deed) -> Reason | None:
    """Say what must be said with an act and was not: whoever declines or cancels says why."""
    if deed.act in {Act.DECLINE, Act.CANCEL, Act.NOTE} and not deed.text.strip():
        return Reason.NOTHING_WRITTEN
    if deed.act is Act.COMPLETE and deed.outcome is None:
        return Reason.NO_OUTCOME
    if deed.act is Act.POSTPONE and deed.due_on is None:
        return Reason.NO_DAY
    if deed.act is Act.RATE and deed.satisfaction is None:
        return Reason.BAD_SATISFACTION
    if deed.satisfaction is not None and deed.satisfaction not in SATISFACTIONS:
        return Reason.BAD_SATISFACTION
    return None


def _changed(referral: Referral, deed: Deed, at: datetime) -> Referral:
    if deed.act is Act.POSTPONE and deed.due_on is not None:
        return replace(referral, due_on=deed.due_on)
    if deed.act is Act.RATE:
        return replace(referral, satisfaction=deed.satisfaction)
    if deed.act not in _WAYS:
        return referral
    state, _ = _WAYS[deed.act]
    moved = replace(referral, state=state, ended_at=at if state.ended else None)
    return replace(moved, outcome=deed.outcome, satisfaction=deed.satisfaction) if state is State.COMPLETED else moved


def _line(referral: Referral, act: Act, by: str, text: str, at: datetime) -> Line:
    return Line(
        referral_id=referral.referral_id,
        version=referral.version,
        at=at,
        by=by,
        act=act,
        state=referral.state,
        text=text.strip(),
    )
