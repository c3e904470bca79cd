"""How far a responder and an alert have come with each other."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.in_hand import enough
from alerts.model import Alert, Visit, VisitStage
from alerts.visits import visit_of
from contracts import AlertState, ResponderId


class Stage(StrEnum):
    """What the page behind a link is about now."""

    OFFER = "offer"
    DECLINED = "declined"
    GOING = "going"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ENTERED = "entered"
    LEFT = "left"
    ANOTHER = "another"
    CLOSED = "closed"
    #: The link belongs to another telephone.
    OTHER_PHONE = "other_phone"


_OF_VISIT: Final[Mapping[VisitStage, Stage]] = {
    VisitStage.SENT: Stage.OFFER,
    VisitStage.ACCEPTED: Stage.GOING,
    VisitStage.EN_ROUTE: Stage.EN_ROUTE,
    VisitStage.ARRIVED: Stage.ARRIVED,
    VisitStage.ENTERED: Stage.ENTERED,
    VisitStage.LEFT: Stage.LEFT,
}
#: They said yes, and have not left again.
COMING: Final = frozenset({Stage.GOING, Stage.EN_ROUTE, Stage.ARRIVED, Stage.ENTERED})
#: They are before the door or behind it.
AT_THE_DOOR: Final = frozenset({Stage.ARRIVED, Stage.ENTERED})
#: There is nothing to see any more.
OVER: Final = frozenset({Stage.LEFT, Stage.ANOTHER, Stage.CLOSED})
#: The four parts of a visit: said yes, set out, arrived, how it ended.
_PARTS: Final[Mapping[Stage, int]] = {Stage.GOING: 0, Stage.EN_ROUTE: 1, Stage.ARRIVED: 2, Stage.ENTERED: 3}


def stage_of(alert: Alert, responder_id: ResponderId, now: datetime) -> Stage:
    """Tell what this responder can do about the alert now."""
    if alert.state is AlertState.RESOLVED:
        return Stage.CLOSED
    visit = visit_of(alert, responder_id)
    if visit is not None and not _is_lost(alert, visit, now):
        return _OF_VISIT[visit.stage]
    if responder_id in alert.declined:
        return Stage.DECLINED
    return Stage.ANOTHER if _needs_nobody(alert, now) else Stage.OFFER


def _is_lost(alert: Alert, visit: Visit, now: datetime) -> bool:
    """Tell whether somebody who did not arrive in time, or has left, is asked anew because it rings."""
    if visit.stage is VisitStage.LEFT:
        return alert.rings
    return visit.stage is VisitStage.ACCEPTED and alert.rings and visit.expected_at <= now


def _needs_nobody(alert: Alert, now: datetime) -> bool:
    # While it rings, everybody who goes is welcome.
    if alert.rings:
        return False
    return alert.state in (AlertState.WATCHING, AlertState.HANDED_OVER) or enough(alert, now)


def parts_of(stage: Stage) -> tuple[str, ...]:
    """Mark the four parts of a visit: done, current, to come; none before somebody said yes."""
    if stage is Stage.LEFT:
        return ("d",) * 4
    if stage not in _PARTS:
        return ()
    at = _PARTS[stage]
    return tuple("d" if part < at else "c" if part == at else "" for part in range(4))
