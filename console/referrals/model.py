"""A referral and what belongs to it: the services of the programme, its states, and the lines of its log."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts import AlertId, HomeId


class Service(StrEnum):
    """A service of the integrated care programme (통합돌봄) that a resident may be referred to."""

    #: 생활돌봄: help with the house and the body.
    DAILY_LIVING = "daily_living"
    #: 동행돌봄: somebody comes along, to the doctor or an office.
    ACCOMPANIMENT = "accompaniment"
    #: 주거안전: the house is made safe.
    HOUSING_SAFETY = "housing_safety"
    #: 식사지원: meals are brought.
    MEALS = "meals"
    #: 일시보호: a bed elsewhere for a while.
    SHORT_STAY = "short_stay"
    #: 방문의료: doctors and nurses come.
    HOME_MEDICINE = "home_medicine"
    #: SOS 긴급 틈새지원: at once, until something regular begins.
    URGENT_GAP = "urgent_gap"
    #: 기기 수리: a sensor or the gateway is mended.
    DEVICE_REPAIR = "device_repair"


class State(StrEnum):
    """Where a referral is in its life."""

    REQUESTED = "requested"
    RECEIVED = "received"
    IN_SERVICE = "in_service"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Tell whether nothing more comes of it."""
        return self in {State.COMPLETED, State.DECLINED, State.CANCELLED}


class Result(StrEnum):
    """What a completed service did for the need."""

    SOLVED = "solved"
    EASED = "eased"
    #: It goes on as a regular service.
    CONTINUES = "continues"
    UNSOLVED = "unsolved"


class Act(StrEnum):
    """What somebody does with a referral."""

    ASK = "ask"
    RECEIVE = "receive"
    BEGIN = "begin"
    COMPLETE = "complete"
    DECLINE = "decline"
    CANCEL = "cancel"
    NOTE = "note"
    POSTPONE = "postpone"
    #: The resident was asked how satisfied they are, after the end.
    RATE = "rate"


@dataclass(frozen=True, kw_only=True)
class Referral:
    """One resident's referral to one service."""

    referral_id: str
    home_id: HomeId
    district_id: str
    alert_id: AlertId | None
    service: Service
    provider: str
    state: State = State.REQUESTED
    #: Grows by one with every line of its log.
    version: int = 1
    due_on: date
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None = None
    outcome: Result | None = None
    #: 1 to 5; None: the resident was not asked.
    satisfaction: int | None = None

    def overdue(self, today: date) -> bool:
        """Tell whether it should have ended by now."""
        return not self.state.ended and self.due_on < today


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One step that somebody wants to take with a referral."""

    act: Act
    by: str
    #: The version that they saw: what came after it is not overwritten unseen.
    version: int
    text: str = ""
    outcome: Result | None = None
    satisfaction: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a referral's log; it is never changed."""

    referral_id: str
    version: int
    at: datetime
    by: str
    act: Act
    state: State
    text: str = ""
