"""An alert and what belongs to it: the calls it makes and the lines of its log."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.outcomes import Outcome
from alerts.reasons import Reason
from contracts import (
    AlertChangeKind,
    AlertId,
    AlertStage,
    AlertState,
    Evidence,
    FindingId,
    FollowUp,
    Hazard,
    HomeId,
    ResponderId,
    Severity,
)
from homes.model import Channel, Policy


class DueFor(StrEnum):
    """What an alert's timer is for."""

    #: The next people are called.
    CALL = "call"
    #: Whoever has it in hand must act, or it comes back.
    LEASE = "lease"
    #: Nobody is called for it, but somebody must look.
    LOOK = "look"
    #: The home was asked whether all is well, and may answer until then.
    CHECK = "check"
    #: An operator watches it until then.
    WATCH = "watch"
    #: A responder said that they would have arrived by then.
    TRAVEL = "travel"
    #: A responder who is in the home should have left by then: whoever is alone in there may need help themselves.
    VISIT = "visit"
    #: Another centre must have confirmed by then that it took it.
    HAND_OVER = "hand_over"


class Purpose(StrEnum):
    """Why somebody is called."""

    HELP = "help"
    #: The list is exhausted: a supervisor hears that nobody has answered.
    NOBODY_ANSWERED = "nobody_answered"
    #: Many homes fell silent together: a supervisor hears of it once, and not of each home.
    INCIDENT = "incident"
    #: The home is asked whether all is well.
    CHECK = "check"
    #: Somebody else has it: nobody needs to go any more.
    TAKEN = "taken"
    #: A responder does not answer from the home that they went into.
    RESPONDER_SILENT = "responder_silent"
    #: Another centre is asked to take it.
    HAND_OVER = "hand_over"
    #: A siren or a voice in the home itself.
    IN_THE_HOME = "in_the_home"
    #: What remained to be done after a case was not done in time: a supervisor hears of it.
    FOLLOW_UP = "follow_up"
    #: The service itself is ill: engineers hear of it.
    SERVICE = "service"
    #: Does this contact work? It belongs to no alert.
    TRIAL = "trial"
    #: Their answer by telephone or text message was heard.
    HEARD = "heard"
    #: It was not understood: they are asked once more.
    UNCLEAR = "unclear"


class VisitStage(StrEnum):
    """How far a responder who goes has come."""

    #: An operator sent them, and they have said nothing yet.
    SENT = "sent"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One responder's way to the home and back."""

    responder_id: ResponderId
    stage: VisitStage = VisitStage.ACCEPTED
    #: When they said yes, or were sent.
    accepted_at: datetime
    #: When they mean to arrive; what they say on the way moves it.
    expected_at: datetime
    en_route_at: datetime | None = None
    arrived_at: datetime | None = None
    entered_at: datetime | None = None
    #: When they last said from there that they are well themselves.
    well_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Timer:
    """Something that happens by itself unless somebody acts before."""

    due_for: DueFor
    at: datetime
    #: Whose visit it watches.
    responder_id: ResponderId | None = None


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A case with a life, until a person resolves it."""

    alert_id: AlertId
    home_id: HomeId
    hazard: Hazard
    #: The detector's name for what it found first, or for what was worse.
    kind: str
    severity: Severity
    state: AlertState = AlertState.NEW
    #: It was opened under a test hold: shown, and nobody is called.
    test: bool = False
    #: It comes from readings that were late.
    late: bool = False
    #: Grows by one with every line of the log.
    version: int = 0
    #: The version at which it last began to ring.
    rang_version: int = 0
    #: The version at which somebody last cried for help once more while it was open.
    cried_version: int = 0
    #: When it last rang for such a cry.
    cry_rang_at: datetime | None = None
    opened_at: datetime
    #: When the matter began, by the home's own time.
    since: datetime
    #: Always set until the alert is resolved.
    due_at: datetime | None
    due_for: DueFor = DueFor.CALL
    #: The operator who has it in hand.
    owner: str | None = None
    #: The responder who goes.
    goes: ResponderId | None = None
    owner_until: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    #: How often something else of the same hazard was found while it was open.
    repeats: int = 0
    #: How often it rang again: worse, or its lease expired.
    again: int = 0
    #: Steps called in all rounds together; it only grows.
    step: int = 0
    #: The value of `step` at which the present round began.
    round_began: int = 0
    #: How often the list was exhausted.
    rounds: int = 0
    #: Who said no in this round.
    declined: tuple[ResponderId, ...] = ()
    #: The findings that still hold.
    holding: tuple[FindingId, ...] = ()
    #: As it was when the alert was opened; editing a policy does not disturb it.
    policy: Policy
    evidence: Evidence
    outcome: Outcome | None = None
    #: How far the help is; it means something while the alert is acknowledged.
    stage: AlertStage = AlertStage.TAKEN
    #: Everybody who accepted or was sent, in order; `goes` is the first of those who are on the way or there.
    visits: tuple[Visit, ...] = ()
    #: One for each visit; and the alert's own when `due_at`, the earliest of all, is a visit's.
    timers: tuple[Timer, ...] = ()
    #: A severity that the evidence now speaks for; only a person lowers.
    proposed: Severity | None = None
    #: The worst that it was before a person lowered it; None: nobody has.
    worst: Severity | None = None
    #: The centre that was asked to take it.
    centre: str | None = None
    follow_up: FollowUp = FollowUp.NONE
    follow_up_at: datetime | None = None
    #: When a supervisor hears next that it is overdue; None: at `follow_up_at`.
    remind_at: datetime | None = None
    #: When a supervisor or the rule for what is less closed the file.
    closed_at: datetime | None = None

    @property
    def rings(self) -> bool:
        """Tell whether nobody has it in hand."""
        return self.state is AlertState.NEW

    @property
    def matters(self) -> bool:
        """Tell whether only a person closes it: not so notices and the troubles of devices."""
        return self.severity.rank <= Severity.CAUTION.rank

    @property
    def calls_people(self) -> bool:
        """Tell whether responders are called for it: not for tests, notices and devices."""
        return not self.test and self.severity.rank <= Severity.CAUTION.rank

    @property
    def was_emergency(self) -> bool:
        """Tell whether it is an emergency, or was one before a person lowered it."""
        return Severity.EMERGENCY in (self.severity, self.worst)

    @property
    def called_in_round(self) -> int:
        """Tell how many steps of the policy were called in this round."""
        return self.step - self.round_began


@dataclass(frozen=True, kw_only=True)
class Notification:
    """One call to one responder by one of their contacts."""

    #: Derived, so that a retry carries the same key.
    notification_id: str
    alert_id: AlertId
    home_id: HomeId
    responder_id: ResponderId
    channel: Channel
    #: Which of the responder's contacts, counted from 0.
    contact: int
    step: int
    purpose: Purpose = Purpose.HELP
    severity: Severity
    hazard: Hazard
    since: datetime
    late: bool = False
    called_at: datetime
    #: An operator asked for it by hand: it goes on although somebody has the case.
    insisted: bool = False
    #: Not before then, if nobody has answered: "push now, call after two minutes". None: at once.
    send_at: datetime | None = None


class DeliveryState(StrEnum):
    """What came of a notification so far."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"
    #: Somebody had the case before it was sent.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of an alert's log; it is never changed."""

    alert_id: AlertId
    version: int
    at: datetime
    change: AlertChangeKind
    reason: Reason
    #: The operator or responder who did it; None: the service itself.
    by: str | None = None
    #: A note's text, or why a delivery failed. It stays in the database.
    text: str = ""
    #: The step it belongs to.
    step: int = 0
    #: The notification it belongs to.
    notification_id: str | None = None
