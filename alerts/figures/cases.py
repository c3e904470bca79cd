"""One alert as the accounts see it: what it was, and when each step of its answer came."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from alerts.outcomes import OutcomeCode
from contracts import AlertChangeKind, AlertId, Hazard, Severity

#: What only a person does: the first of these answers the case.
ANSWERS: Final = (
    AlertChangeKind.ACKNOWLEDGED,
    AlertChangeKind.ACCEPTED,
    AlertChangeKind.PHONED,
    AlertChangeKind.DISPATCHED,
    AlertChangeKind.WATCHED,
    AlertChangeKind.HANDED_OVER,
    AlertChangeKind.RESOLVED,
)
#: Somebody goes.
SENT: Final = (AlertChangeKind.ACCEPTED, AlertChangeKind.DISPATCHED)
#: Somebody spoke with the home, or stood at its door.
CONTACTS: Final = (AlertChangeKind.PHONED, AlertChangeKind.ARRIVED)
#: The home was asked first; from here on it rang.
ASKED: Final = (AlertChangeKind.CHECK_ANSWERED, AlertChangeKind.CHECK_UNANSWERED)

#: Nothing stays open for longer without somebody asking why.
STALE_AFTER: Final = timedelta(hours=24)

_STILL: Final = frozenset({Hazard.STILLNESS, Hazard.ABSENCE, Hazard.DECLINE})
_TECHNICAL: Final = frozenset({Hazard.GATEWAY, Hazard.SENSOR, Hazard.POWER, Hazard.TAMPER, Hazard.PROTECTION})
_QUIET: Final = frozenset({Severity.NOTICE, Severity.DEVICE})


class Kind(StrEnum):
    """What is counted apart: the trade's targets are for calls."""

    CALL = "call"
    INACTIVITY = "inactivity"
    TECHNICAL = "technical"


@dataclass(frozen=True, kw_only=True)
class Case:
    """An alert with the moments of its answer; None: it did not come to that."""

    alert_id: AlertId
    district_id: str = ""
    dong: str = ""
    #: The detector's name of it.
    rule: str = ""
    hazard: Hazard
    severity: Severity
    opened_at: datetime
    #: When the home had been asked, if it was.
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    #: Which operator or responder.
    answered_by: str | None = None
    contacted_at: datetime | None = None
    sent_at: datetime | None = None
    arrived_at: datetime | None = None
    entered_at: datetime | None = None
    resolved_at: datetime | None = None
    outcome: OutcomeCode | None = None

    @property
    def kind(self) -> Kind:
        """Tell what it is counted as; what rings nobody is technical, whatever it is about."""
        if self.hazard in _TECHNICAL or self.severity in _QUIET:
            return Kind.TECHNICAL
        return Kind.INACTIVITY if self.hazard in _STILL else Kind.CALL

    @property
    def rang_at(self) -> datetime:
        """Tell from when on somebody could answer."""
        return self.asked_at or self.opened_at

    @property
    def is_test(self) -> bool:
        """Tell whether it turned out to be a test."""
        return self.outcome is not None and self.outcome.startswith("X")

    @property
    def is_false(self) -> bool:
        """Tell whether nothing was the matter: no emergency, or technical."""
        return self.outcome is not None and self.outcome.startswith(("N", "T"))

    @property
    def is_true(self) -> bool:
        """Tell whether somebody needed help or care."""
        return self.outcome is not None and self.outcome.startswith(("E", "C"))

    def stale(self, now: datetime) -> bool:
        """Tell whether it was open for more than a day."""
        return (self.resolved_at or now) - self.opened_at > STALE_AFTER

    def month(self, zone: ZoneInfo) -> str:
        """Name the month in which it was opened, by local time."""
        return f"{self.opened_at.astimezone(zone):%Y-%m}"


def within(begin: datetime | None, end: datetime | None, limit: timedelta) -> bool:
    """Tell whether the second came soon enough after the first."""
    return begin is not None and end is not None and end - begin <= limit
