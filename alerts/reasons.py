"""Why an event did what it did to an alert; the word is also the log's and the metric's."""

from enum import StrEnum


class Reason(StrEnum):
    """What came of an event, refusals included."""

    # A finding came.
    OPENED = "opened"
    REPEATED = "repeated"
    CRIED_AGAIN = "cried_again"
    WORSENED = "worsened"
    NOW_LIVE = "now_live"
    STILL_HOLDS = "still_holds"
    HOLDS_AGAIN = "holds_again"
    RESTORED = "restored"
    PARTLY_RESTORED = "partly_restored"
    CLOSED_BY_ITSELF = "closed_by_itself"
    TOLD_BEFORE = "told_before"
    CLOSED_BEFORE = "closed_before"
    ENDED_UNSEEN = "ended_unseen"
    # A timer ran out.
    CALLED = "called"
    LIST_EXHAUSTED = "list_exhausted"
    LEASE_EXPIRED = "lease_expired"
    OVERDUE = "overdue"
    NOT_DUE = "not_due"
    # A person acted.
    ACKNOWLEDGED = "acknowledged"
    LEASE_RENEWED = "lease_renewed"
    NOTED = "noted"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SOMEBODY_HAS_IT = "somebody_has_it"
    RANG_SINCE_SEEN = "rang_since_seen"
    STEP_PASSED = "step_passed"
    CALLS_NOBODY = "calls_nobody"
    NOTHING_WRITTEN = "nothing_written"
    ANOTHER_GOES = "another_goes"
    SAID_BEFORE = "said_before"
    # A channel reported.
    DELIVERED = "delivered"
    NEXT_CONTACT = "next_contact"
    NOT_REACHED = "not_reached"
    SETTLED_BEFORE = "settled_before"
    # There is nothing to act on.
    NO_SUCH_ALERT = "no_such_alert"
    RESOLVED_BEFORE = "resolved_before"
