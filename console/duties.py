"""What is due next on an alert, how much time there is for it, and when it presses."""

from datetime import datetime, timedelta
from typing import Final

from alerts.handing_over import CONFIRMED_WITHIN
from alerts.model import Alert, DueFor
from alerts.plan import next_wait

#: A due time is pressing in the last quarter of its span.
PRESSING: Final = 0.25
#: What an operator watches presses in its last five minutes, however long they watch.
_WATCH_SECONDS: Final = 1200
#: Whoever is on the way was given about so long.
_WAY_SECONDS: Final = 1800
_HOUR: Final = 3600


def duty_span(alert: Alert, lease_seconds: int) -> int:
    """Tell how many seconds there were for the duty that is due next; a lease lasts so long, a way takes longer."""
    match alert.due_for:
        case DueFor.CALL:
            return round(next_wait(alert).total_seconds())
        case DueFor.LEASE:
            return _WAY_SECONDS if alert.goes else lease_seconds
        case DueFor.CHECK:
            return round((alert.due_at - alert.opened_at).total_seconds()) if alert.due_at else 0
        case DueFor.TRAVEL:
            return _way_seconds(alert)
        case DueFor.WATCH:
            return _WATCH_SECONDS
        case DueFor.HAND_OVER:
            return round(CONFIRMED_WITHIN.total_seconds())
        case DueFor.LOOK | DueFor.VISIT:
            return _HOUR


def _way_seconds(alert: Alert) -> int:
    ways = [visit.expected_at - visit.accepted_at for visit in alert.visits if visit.expected_at == alert.due_at]
    return round(min(ways).total_seconds()) if ways else _WAY_SECONDS


def left_of(alert: Alert, now: datetime) -> timedelta | None:
    """Tell how much time is left for the next duty; negative when it is past."""
    return alert.due_at - now if alert.due_at else None


def is_pressing(alert: Alert, lease_seconds: int, now: datetime) -> bool:
    """Tell whether the next duty is due soon."""
    left = left_of(alert, now)
    return left is not None and timedelta() < left < timedelta(seconds=duty_span(alert, lease_seconds) * PRESSING)
