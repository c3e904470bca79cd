"""An offer: who gives what to whom, until when, and how it ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.events import PassOn
from alerts.in_hand import is_stale
from alerts.model import Alert
from alerts.reasons import Reason
from contracts import AlertId, AlertState

#: Who does not say yes within this time leaves the case with its giver: as long as another centre has to confirm.
LASTS_SECONDS: Final = 60


class Ended(StrEnum):
    """How an offer ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A case on its way from one operator to another."""

    offer_id: int
    alert_id: AlertId
    giver: str
    taker: str
    ends_at: datetime
    ended: Ended | None = None


def refusal(alert: Alert, event: PassOn) -> Reason | None:
    """Tell why a case cannot be offered as it stands; the rules look again when it is taken."""
    if alert.state is AlertState.RESOLVED:
        return Reason.RESOLVED_BEFORE
    if alert.owner != event.operator:
        return Reason.NOT_THEIRS
    if event.version is not None and is_stale(alert, event.version):
        return Reason.RANG_SINCE_SEEN
    return None


def concerning(offers: Iterable[Offer], reader: str) -> tuple[Offer, ...]:
    """Pick the open offers that a reader gives or is given."""
    return tuple(one for one in offers if one.ended is None and reader in (one.giver, one.taker))


def mark_of(offers: Iterable[Offer], reader: str) -> str:
    """Write another text whenever a reader's open offers are others."""
    return " ".join(str(one.offer_id) for one in concerning(offers, reader))
