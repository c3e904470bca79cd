"""An alert's life as the world may know it: no name, no address, no text."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.findings import Hazard, Severity
from contracts.ids import AlertId, HomeId


class AlertState(StrEnum):
    """Where an alert is in its life."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class AlertChangeKind(StrEnum):
    """What happened to an alert."""

    OPENED = "opened"
    REPEATED = "repeated"
    WORSENED = "worsened"
    RESTORED = "restored"
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
