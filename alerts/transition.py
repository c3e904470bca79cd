"""What the rules are told beside an event, and what they answer: the alert as it is now, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.heard import Heard
from alerts.model import Alert, LogLine, Notification
from alerts.reasons import Reason
from alerts.timers import earliest
from contracts import AlertChange, AlertChangeKind, Hazard
from homes.model import Channel, Policy, Responder


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the rules may know beside the alert and the event."""

    #: Who may be called for the home, in calling order, as it is now.
    responders: tuple[Responder, ...] = ()
    #: The home's policy as it is now; an alert copies it when it opens.
    policy: Policy | None = None
    #: What we last heard of the finding.
    heard: Heard | None = None
    #: The alert that the finding last belonged to.
    former: Alert | None = None
    #: How long an operator's acknowledgement holds without action.
    lease_seconds: int = 600
    #: Who is on duty now, by the name of their roster, in calling order.
    rosters: Mapping[str, tuple[Responder, ...]] = field(default_factory=dict)
    #: An operator is at a console.
    manned: bool = True
    #: The home can be asked: it has a speaker, a screen or a telephone that asks by itself.
    can_ask: bool = False
    #: By what it is asked.
    asks_by: Channel = Channel.DEVICE
    #: What else is open for the home, and serious: a second sign.
    beside: frozenset[Hazard] = frozenset()
    #: The calls for help of this alert that were brought to somebody.
    called: tuple[Notification, ...] = ()
    #: The call that a receipt speaks of.
    call: Notification | None = None
    district_id: str = ""
    #: Local time is the home's: a step may be for the office's hours, a responder for theirs.
    timezone: str = "Asia/Seoul"


@dataclass(frozen=True, kw_only=True)
class Transition:
    """What came of an event: the alert as it is now, and all that must be written with it."""

    reason: Reason
    alert: Alert | None = None
    lines: tuple[LogLine, ...] = ()
    changes: tuple[AlertChange, ...] = ()
    notifications: tuple[Notification, ...] = ()
    heard: Heard | None = None
    #: Calls that still wait in the outbox are withdrawn.
    withdraws: bool = False

    @property
    def changed(self) -> bool:
        """Tell whether the alert is other than before."""
        return bool(self.lines)

    def line(
        self,
        change: AlertChangeKind,
        now: datetime,
        *,
        by: str | None = None,
        text: str = "",
        notification_id: str | None = None,
    ) -> "Transition":
        """Write a line into the alert's log; its version grows by one."""
        if self.alert is None:
            return self
        alert = replace(self.alert, version=self.alert.version + 1)
        line = LogLine(
            alert_id=alert.alert_id,
            version=alert.version,
            at=now,
            change=change,
            reason=self.reason,
            by=by,
            text=text,
            step=alert.step,
            notification_id=notification_id,
        )
        return replace(self, alert=alert, lines=(*self.lines, line), changes=(*self.changes, _told(alert, change, now)))


def _told(alert: Alert, change: AlertChangeKind, now: datetime) -> AlertChange:
    return AlertChange(
        alert_id=alert.alert_id,
        home_id=alert.home_id,
        hazard=alert.hazard,
        severity=alert.severity,
        state=alert.state,
        change=change,
        version=alert.version,
        at=now,
        opened_at=alert.opened_at,
        due_at=earliest(alert),
        test=alert.test,
        stage=alert.stage,
        follow_up=alert.follow_up,
    )
