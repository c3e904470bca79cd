"""What can happen to an alert: a closed set of events, each with what it brings along."""

from dataclasses import dataclass

from alerts.model import Notification
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import AlertId, Finding, ResponderId


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


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A channel took a notification."""

    alert_id: AlertId
    notification: Notification
    #: Which attempt it was: only the latest may say how it went.
    attempt: int
    #: What the provider calls it.
    provider_ref: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed:
    """A channel could not deliver a notification, and will not be tried with it again."""

    alert_id: AlertId
    notification: Notification
    attempt: int
    why: str


ByAPerson = Acknowledge | Note | EscalateNow | Resolve | Answered
ByAChannel = Delivered | DeliveryFailed
Event = Found | Due | ByAPerson | ByAChannel
