"""Who has an alert in hand and for how long, how far the help is, and who may not have it because another has."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts.model import Alert, DueFor, Visit, VisitStage
from alerts.reasons import Reason
from alerts.transition import Context
from contracts import AlertStage, AlertState, ResponderId

#: Whoever is in the home for so long without a word may need help themselves.
ALONE: Final = timedelta(minutes=60)
#: How far the help is when a responder has come so far.
_STAGE: Final = {
    VisitStage.SENT: AlertStage.DISPATCHED,
    VisitStage.ACCEPTED: AlertStage.DISPATCHED,
    VisitStage.EN_ROUTE: AlertStage.EN_ROUTE,
    VisitStage.ARRIVED: AlertStage.ARRIVED,
    VisitStage.ENTERED: AlertStage.ENTERED,
}
_ORDER: Final = tuple(AlertStage)
_THERE: Final = frozenset({VisitStage.ARRIVED, VisitStage.ENTERED})


def is_there(visit: Visit) -> bool:
    """Tell whether a responder is at the home or in it."""
    return visit.stage in _THERE


def expected(alert: Alert) -> list[ResponderId]:
    """Name whom an operator sent and who has said nothing yet: whoever else goes, their call still comes to them."""
    if alert.state is AlertState.RESOLVED:
        return []
    return [visit.responder_id for visit in alert.visits if visit.stage is VisitStage.SENT]


def goes(visit: Visit, now: datetime) -> bool:
    """Tell whether a responder who said yes is on the way, in time, or there."""
    if visit.stage in {VisitStage.SENT, VisitStage.LEFT}:
        return False
    return is_there(visit) or now < visit.expected_at


def enough(alert: Alert, now: datetime) -> bool:
    """Tell whether as many go as the policy wants."""
    return sum(goes(visit, now) for visit in alert.visits) >= max(1, alert.policy.accepts)


def with_visits(alert: Alert, visits: tuple[Visit, ...], now: datetime) -> Alert:
    """Give an alert other visits; whoever goes first of all is the one of whom others are told."""
    first = next((visit.responder_id for visit in visits if goes(visit, now)), None)
    return replace(alert, visits=visits, goes=first)


def held(alert: Alert, now: datetime, context: Context, *, least: AlertStage = AlertStage.TAKEN) -> Alert:
    """Keep it in hand from now on: for a lease, and for as long as whoever is on the way was given."""
    ends = [_ends(visit, now) for visit in alert.visits if goes(visit, now)]
    until = max([now + timedelta(seconds=context.lease_seconds), *ends])
    return replace(
        alert,
        state=AlertState.ACKNOWLEDGED,
        stage=stage_of(alert, now, least),
        owner_until=until,
        due_at=until,
        due_for=DueFor.LEASE,
    )


def stage_of(alert: Alert, now: datetime, least: AlertStage) -> AlertStage:
    """Tell how far the help is: as far as whoever has come farthest."""
    sent = [visit for visit in alert.visits if goes(visit, now) or visit.stage is VisitStage.SENT]
    return max([least, *(_STAGE[visit.stage] for visit in sent)], key=_ORDER.index)


def said_on(alert: Alert) -> AlertStage:
    """Tell how far it is by what its operator did, whoever goes."""
    return alert.stage if alert.stage is AlertStage.ON_THE_PHONE else AlertStage.TAKEN


def in_the_way(alert: Alert, operator: str) -> Reason | None:
    """Say why an operator may not have it: a colleague or another centre has it in hand."""
    if alert.state is AlertState.HANDED_OVER:
        return Reason.ANOTHER_CENTRE_HAS_IT
    if alert.owner is not None and alert.owner != operator:
        # The loser of the race learns from the alert who has it.
        return Reason.SOMEBODY_HAS_IT
    return None


def is_stale(alert: Alert, version: int) -> bool:
    """Tell whether somebody acts on an alert without having seen its last ring or the last cry for help."""
    return version < max(alert.rang_version, alert.cried_version)


def last_word(visit: Visit) -> datetime:
    """Tell when a responder who is there was last heard of, by what the clock said then."""
    return visit.well_at or visit.arrived_at or visit.expected_at


def heard_of(visit: Visit, now: datetime) -> datetime:
    """Tell when a responder who is there was last heard of; never later than now, whatever a wrong clock said."""
    return min(last_word(visit), now)


def _ends(visit: Visit, now: datetime) -> datetime:
    return heard_of(visit, now) + ALONE if is_there(visit) else visit.expected_at
