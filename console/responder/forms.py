"""What a responder presses, as events of the alert."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.events import Answered, Moved, Note, StillWell
from alerts.model import VisitStage
from contracts import AlertId, ResponderId


class Press(StrEnum):
    """A button of the page; the word is also the path's and the metric's."""

    ACCEPT = "accept"
    DECLINE = "decline"
    EN_ROUTE = "enroute"
    ARRIVED = "arrived"
    ENTERED = "entered"
    #: Whoever is alone in the home says that they are well.
    WELL = "well"
    OUTCOME = "outcome"


class WhyNot(StrEnum):
    """Why somebody cannot go, in one tap."""

    FAR = "far"
    WORKING = "working"
    ILL = "ill"
    OTHER = "other"


class Ending(StrEnum):
    """What a responder found; the operator decides the outcome code."""

    SAFE = "safe"
    HELPED = "helped"
    HANDED_TO_119 = "handed_to_119"
    NOT_REACHED = "not_reached"
    NOT_AT_HOME = "not_at_home"


#: How long a responder may say that they need; the rules bound it too.
MINUTES: Final = (5, 10, 15, 20, 30, 45)
LONGEST_MEMO: Final = 500
_MOVES: Final = {
    Press.EN_ROUTE: VisitStage.EN_ROUTE,
    Press.ARRIVED: VisitStage.ARRIVED,
    Press.ENTERED: VisitStage.ENTERED,
}

ByAResponder = Answered | Moved | StillWell | Note


def read_press(
    press: Press,
    fields: Mapping[str, str],
    alert_id: AlertId,
    who: ResponderId,
    at: VisitStage | None,
    now: datetime,
    said_at: datetime | None = None,
) -> tuple[ByAResponder, ...] | str:
    """Read a press; a text in return is the key of the sentence that says what is missing.

    `said_at` is when it was pressed, where the telephone had no line then.
    """
    match press:
        case Press.ACCEPT:
            return (Answered(alert_id=alert_id, responder_id=who, accepted=True),)
        case Press.DECLINE:
            why = fields.get("why", "")
            known = why if why in set(WhyNot) else ""
            return (Answered(alert_id=alert_id, responder_id=who, accepted=False, why=known),)
        case Press.WELL:
            return (StillWell(alert_id=alert_id, responder_id=who),)
        case Press.OUTCOME:
            return _outcome(fields, alert_id, who, at, said_at)
        case _:
            expected = _expected(fields, said_at or now)
            stage = _MOVES[press]
            return (Moved(alert_id=alert_id, responder_id=who, stage=stage, expected_at=expected, said_at=said_at),)


def _expected(fields: Mapping[str, str], now: datetime) -> datetime | None:
    minutes = fields.get("minutes", "")
    return now + timedelta(minutes=int(minutes)) if minutes in {str(one) for one in MINUTES} else None


def _outcome(
    fields: Mapping[str, str],
    alert_id: AlertId,
    who: ResponderId,
    at: VisitStage | None,
    said_at: datetime | None,
) -> tuple[ByAResponder, ...] | str:
    ending = fields.get("ending", "")
    if ending not in set(Ending):
        return "answer.no_ending"
    left = Moved(alert_id=alert_id, responder_id=who, stage=VisitStage.LEFT, said_at=said_at)
    if at is VisitStage.LEFT:
        return (left,)  # sent twice: what was found is in the log already
    memo = fields.get("memo", "").strip()[:LONGEST_MEMO]
    text = f"{ending}\n{memo}" if memo else ending
    return (Note(alert_id=alert_id, operator=who, text=text), left)
