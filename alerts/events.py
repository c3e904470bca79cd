"""What can happen to an alert: a closed set of events, each with what it brings along."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.model import Notification, VisitStage
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import AlertId, Finding, ResponderId, Severity


class CallResult(StrEnum):
    """What came of a telephone call that a person made."""

    SPOKE = "spoke"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"


class Receipt(StrEnum):
    """What is known of a call after the provider took it, in the order in which it comes about."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A detector told a finding."""

    finding: Finding


@dataclass(frozen=True, kw_only=True)
class Due:
    """The alert's timer ran out."""

    alert_id: AlertId


@dataclass(frozen=True, kw_only=True)
class Acknowledge:
    """An operator takes the case in hand."""

    alert_id: AlertId
    operator: str
    #: The version that the operator saw: an answer to an older ring does not silence a newer one.
    version: int


@dataclass(frozen=True, kw_only=True)
class Note:
    """An operator writes something down."""

    alert_id: AlertId
    operator: str
    text: str


@dataclass(frozen=True, kw_only=True)
class EscalateNow:
    """An operator wants the next people called at once."""

    alert_id: AlertId
    operator: str
    #: The step that the operator saw: a stale button does not skip one.
    step_seen: int
    #: Why, in the page's own word; empty: it was not said.
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Resolve:
    """A person closes the case and says how it ended."""

    alert_id: AlertId
    operator: str
    #: The version that the operator saw: what came after it is not closed unseen.
    version: int
    outcome: OutcomeCode
    resolved_by: ResolvedBy
    minutes: int | None = None
    rule_at_fault: bool = False


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A responder who was called says yes or no."""

    alert_id: AlertId
    responder_id: ResponderId
    accepted: bool
    #: Why not, in the page's own word.
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A channel took a notification."""

    alert_id: AlertId
    notification: Notification
    #: Which attempt it was: only the latest may say how it went.
    attempt: int
    #: What the provider calls it.
    provider_ref: str = ""
    #: It reports later, and should have done so within so many seconds; 0: nobody waits for that.
    receipt_within: int = 0


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed:
    """A channel could not deliver a notification: the next contact or person has their turn."""

    alert_id: AlertId
    notification: Notification
    attempt: int
    why: str
    #: It is not given up: it is tried on while the next are called.
    still_tried: bool = False
    #: The next were called already while it was tried on.
    passed_on: bool = False


@dataclass(frozen=True, kw_only=True)
class Phoned:
    """An operator rang somebody up: the resident, a contact, 119."""

    alert_id: AlertId
    operator: str
    #: Whom: a responder's id, or `resident`.
    whom: str
    came_of_it: CallResult
    #: The version that the page showed; None: it showed none.
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """An operator sends somebody: a responder of the list, or 119 with a hand-over sheet."""

    alert_id: AlertId
    operator: str
    responder_id: ResponderId
    version: int


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An operator waits until a time that they name to see whether it passes."""

    alert_id: AlertId
    operator: str
    until: datetime
    why: str
    version: int


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """An operator gives the case to another centre."""

    alert_id: AlertId
    operator: str
    centre: str
    version: int


@dataclass(frozen=True, kw_only=True)
class HandOverConfirmed:
    """The other centre says that it has the case."""

    alert_id: AlertId
    centre: str


@dataclass(frozen=True, kw_only=True)
class TakeBack:
    """An operator takes a case back from another centre, or from watching."""

    alert_id: AlertId
    operator: str
    #: The version that the page showed; None: it showed none.
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class PassOn:
    """A case goes into the hands of another operator: of the next shift, who signed for it, or of a colleague."""

    alert_id: AlertId
    operator: str
    to: str
    #: The version that the page showed; None: it showed none.
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Lower:
    """A person follows a proposal to lower the severity."""

    alert_id: AlertId
    operator: str
    severity: Severity
    version: int


@dataclass(frozen=True, kw_only=True)
class FollowedUp:
    """What remained to be done after it was resolved is done."""

    alert_id: AlertId
    operator: str
    text: str = ""
    #: The version that the page showed; None: it showed none.
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class CloseFile:
    """A supervisor has read the file of an emergency and closes it."""

    alert_id: AlertId
    supervisor: str
    #: The version that the page showed; None: it showed none.
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A responder who accepted says how far they are."""

    alert_id: AlertId
    responder_id: ResponderId
    stage: VisitStage
    #: Still so long to go, by their own word.
    expected_at: datetime | None = None
    #: When they pressed it, where their telephone had no line then.
    said_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StillWell:
    """A responder who is alone in the home says that they are well."""

    alert_id: AlertId
    responder_id: ResponderId


@dataclass(frozen=True, kw_only=True)
class CheckAnswered:
    """The home was asked, and answered: all is well, or help."""

    alert_id: AlertId
    well: bool
    #: When it was said, by the home's time; None: now. What was said before the question answers nothing.
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Receipted:
    """A provider, or the phone itself, tells what became of a call that was taken before."""

    alert_id: AlertId
    notification_id: str
    receipt: Receipt
    at: datetime


#: Whoever has a case in hand, or takes it, works on it.
ByWork = Acknowledge | Note | EscalateNow | Phoned | Dispatch | Lower | PassOn
#: The case is put where nobody here must act for a while.
ByPuttingAside = Watch | HandOver | HandOverConfirmed | TakeBack
ByResponder = Answered | Moved | StillWell
ByEnding = Resolve | FollowedUp | CloseFile
ByAPerson = ByWork | ByPuttingAside | ByResponder | ByEnding | CheckAnswered
ByAChannel = Delivered | DeliveryFailed | Receipted
Event = Found | Due | ByAPerson | ByAChannel
