"""The alerts in memory: what the database does around `advance`, with the same locks and no disk."""

from datetime import datetime
from random import Random

from alerts.events import Acknowledge, Due, Event, Found, Resolve
from alerts.heard import Heard
from alerts.machine import advance
from alerts.model import Alert, Notification
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.transition import Context, Transition
from contracts import AlertId, AlertState, Finding, FindingId, Hazard, HomeId
from homes.model import Home


class Office:
    """Cases, what was heard, and who was called."""

    def __init__(self, homes: dict[HomeId, Home]) -> None:
        self._homes = homes
        self.alerts: dict[AlertId, Alert] = {}
        self.heard: dict[FindingId, Heard] = {}
        self.called: dict[str, Notification] = {}
        self.story: list[tuple[str, int, str]] = []

    def hear(self, finding: Finding, now: datetime) -> None:
        heard = self.heard.get(finding.finding_id)
        former = self.alerts.get(heard.alert_id) if heard and heard.alert_id else None
        context = self._context(finding.home_id, heard=heard, former=former)
        self._take(Found(finding=finding), self.open_of(finding.home_id, finding.hazard), now, context)

    def look(self, now: datetime) -> None:
        for alert in list(self.alerts.values()):
            if alert.state is not AlertState.RESOLVED and alert.due_at is not None and alert.due_at <= now:
                self._take(Due(alert_id=alert.alert_id), alert, now, self._context(alert.home_id))

    def people_act(self, chance: Random, now: datetime) -> None:
        """Somebody takes a case in hand now and then, and closes one."""
        for alert in list(self.alerts.values()):
            if alert.state is AlertState.RESOLVED:
                continue
            acts = chance.random()
            if acts < 0.02:
                take = Acknowledge(alert_id=alert.alert_id, operator="kim", version=alert.version)
                self._take(take, alert, now, self._context(alert.home_id))
            elif acts < 0.03:
                close = Resolve(
                    alert_id=alert.alert_id,
                    operator="kim",
                    version=alert.version,
                    outcome=OutcomeCode.REASSURANCE,
                    resolved_by=ResolvedBy.OPERATOR,
                )
                self._take(close, alert, now, self._context(alert.home_id))

    def open_of(self, home_id: HomeId, hazard: Hazard) -> Alert | None:
        return next((alert for alert in self.of(home_id, hazard) if alert.state is not AlertState.RESOLVED), None)

    def of(self, home_id: HomeId, hazard: Hazard) -> list[Alert]:
        return [alert for alert in self.alerts.values() if (alert.home_id, alert.hazard) == (home_id, hazard)]

    def _context(self, home_id: HomeId, heard: Heard | None = None, former: Alert | None = None) -> Context:
        home = self._homes[home_id]
        return Context(responders=home.responders, policy=home.policy, heard=heard, former=former)

    def _take(self, event: Event, alert: Alert | None, now: datetime, context: Context) -> None:
        done: Transition = advance(alert, event, now, context)
        if done.heard:
            self.heard[done.heard.finding_id] = done.heard
        if done.alert:
            rival = self.open_of(done.alert.home_id, done.alert.hazard)
            assert rival is None or rival.alert_id == done.alert.alert_id, "a second open alert of one hazard"
            self.alerts[done.alert.alert_id] = done.alert
        for notification in done.notifications:
            assert notification.notification_id not in self.called, "somebody is called twice by one notification"
            self.called[notification.notification_id] = notification
        self.story += [(line.alert_id, line.version, str(line.change)) for line in done.lines]
