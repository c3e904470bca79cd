"""An alert's life as the world may know it: no name, no address, no text."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.findings import Hazard, Severity
from contracts.ids import AlertId, HomeId


class AlertState(StrEnum):
    """Where an alert is in its life."""

    #: The home is asked whether all is well; nobody is called yet.
    CHECKING = "checking"
    #: It rings.
    NEW = "new"
    #: Somebody has it in hand; AlertStage says how far they are.
    ACKNOWLEDGED = "acknowledged"
    #: An operator waits, for a time that they named, to see whether it passes.
    WATCHING = "watching"
    #: Another centre has taken it and must say how it ends.
    HANDED_OVER = "handed_over"
    RESOLVED = "resolved"


class AlertStage(StrEnum):
    """How far the help is while somebody has an alert in hand."""

    TAKEN = "taken"
    ON_THE_PHONE = "on_the_phone"
    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ENTERED = "entered"


class FollowUp(StrEnum):
    """What remains to be done about an alert after it was resolved."""

    NONE = "none"
    DUE = "due"
    DONE = "done"


class AlertChangeKind(StrEnum):
    """What happened to an alert."""

    OPENED = "opened"
    REPEATED = "repeated"
    WORSENED = "worsened"
    RESTORED = "restored"
    #: One of the signals is back to normal; another is not.
    PARTLY_RESTORED = "partly_restored"
    ESCALATED = "escalated"
    LIST_EXHAUSTED = "list_exhausted"
    ACKNOWLEDGED = "acknowledged"
    LEASE_EXPIRED = "lease_expired"
    NOTED = "noted"
    RESOLVED = "resolved"
    NOTIFIED = "notified"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    #: Nobody is called for it, and nobody has looked in time.
    OVERDUE = "overdue"
    #: The home was asked, and said that all is well, or asked for help, or said nothing.
    CHECK_ASKED = "check_asked"
    CHECK_ANSWERED = "check_answered"
    CHECK_UNANSWERED = "check_unanswered"
    #: Somebody was rung up, by a person; the text says what came of it.
    PHONED = "phoned"
    DISPATCHED = "dispatched"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ENTERED = "entered"
    LEFT = "left"
    #: Whoever is alone in the home said that they are well themselves.
    STILL_WELL = "still_well"
    #: A responder should have arrived by now, or should have left the home again.
    NOT_ARRIVED = "not_arrived"
    VISIT_OVERDUE = "visit_overdue"
    WATCHED = "watched"
    WATCH_ENDED = "watch_ended"
    HANDED_OVER = "handed_over"
    HAND_OVER_CONFIRMED = "hand_over_confirmed"
    TAKEN_BACK = "taken_back"
    #: The evidence speaks for a lower severity; a person must say so.
    LOWERING_PROPOSED = "lowering_proposed"
    #: It is as bad again as the alert says.
    LOWERING_WITHDRAWN = "lowering_withdrawn"
    LOWERED = "lowered"
    #: Somebody who was called is told that another has it.
    TOLD_TAKEN = "told_taken"
    #: A call that was due was not made, and why.
    SUPPRESSED = "suppressed"
    NOBODY_TO_CALL = "nobody_to_call"
    #: No operator is at a console: the step goes on without waiting for them.
    UNMANNED = "unmanned"
    #: What a provider said of a call later: it was read, or could not be brought.
    READ = "read"
    FOLLOW_UP_DUE = "follow_up_due"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"


class AlertChange(msgspec.Struct, frozen=True, kw_only=True):
    """A record on `alerts`: one line of an alert's log."""

    alert_id: AlertId
    home_id: HomeId
    hazard: Hazard
    severity: Severity
    state: AlertState
    change: AlertChangeKind
    #: Grows by one with every change of the alert: a reader drops what it has seen.
    version: int
    at: datetime
    opened_at: datetime
    due_at: datetime | None = None
    test: bool = False
    stage: AlertStage = AlertStage.TAKEN
    follow_up: FollowUp = FollowUp.NONE
