"""In which order cases are taken that nobody has, and which may be taken together."""

from collections.abc import Iterable, Set
from typing import Final

from alerts.incidents.model import is_loss
from alerts.model import Alert
from console.rows import sort_key
from contracts import AlertState, HomeId, Severity

_SMALL: Final = frozenset({Severity.DEVICE, Severity.NOTICE})


def in_turn(alerts: Iterable[Alert], folded: Set[HomeId]) -> list[Alert]:
    """Sort what waits for somebody, the most pressing first; what an incident lists is not taken one by one."""
    waiting = [
        alert
        for alert in alerts
        if (alert.rings or alert.state is AlertState.CHECKING)
        and alert.severity is not Severity.DEVICE
        and not (is_loss(alert) and alert.home_id in folded)
    ]
    return sorted(waiting, key=sort_key)


def may_be_taken_together(alert: Alert) -> bool:
    """Tell whether it may be acknowledged among many: never what a person may be in danger by."""
    return alert.severity in _SMALL and not alert.was_emergency
