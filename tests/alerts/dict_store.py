"""The store as a dictionary: the same apply, without a database, in a time that the test turns."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.events import Due, Event, Found
from alerts.heard import Heard
from alerts.machine import advance
from alerts.model import Alert, DeliveryState, LogLine, Notification
from alerts.transition import Context, Transition
from contracts import AlertId, AlertState, FindingId


@dataclass(kw_only=True)
class DictStore:
    """What a restart keeps."""

    context: Context
    alerts: dict[AlertId, Alert] = field(default_factory=dict)
    heard: dict[FindingId, Heard] = field(default_factory=dict)
    log: list[LogLine] = field(default_factory=list)
    outbox: dict[str, Notification] = field(default_factory=dict)
    states: dict[str, DeliveryState] = field(default_factory=dict)

    def apply(self, event: Event, now: datetime) -> Transition:
        alert, context = self._known(event)
        done = advance(alert, event, now, context)
        if done.alert:
            self.alerts[done.alert.alert_id] = done.alert
        if done.alert and done.withdraws:
            self._withdraw(done.alert.alert_id)
        if done.heard:
            self.heard[done.heard.finding_id] = done.heard
        self.log += done.lines
        for call in done.notifications:
            # As in the database: a call that is written already is not written again.
            self.outbox.setdefault(call.notification_id, call)
            self.states.setdefault(call.notification_id, DeliveryState.QUEUED)
        return done

    def due(self, now: datetime) -> list[Transition]:
        waiting = [one.alert_id for one in self.open_alerts() if one.due_at and one.due_at <= now]
        return [self.apply(Due(alert_id=alert_id), now) for alert_id in waiting]

    def open_alerts(self) -> list[Alert]:
        return [one for one in self.alerts.values() if one.state is not AlertState.RESOLVED]

    def queued(self) -> list[Notification]:
        return [call for key, call in self.outbox.items() if self.states[key] is DeliveryState.QUEUED]

    def lines_of(self, alert_id: AlertId) -> list[LogLine]:
        return [line for line in self.log if line.alert_id == alert_id]

    def _known(self, event: Event) -> tuple[Alert | None, Context]:
        if not isinstance(event, Found):
            return self.alerts.get(event.alert_id), self.context
        finding = event.finding
        heard = self.heard.get(finding.finding_id)
        former = self.alerts.get(heard.alert_id) if heard and heard.alert_id else None
        about = (finding.home_id, finding.hazard)
        alert = next((one for one in self.open_alerts() if (one.home_id, one.hazard) == about), None)
        return alert, replace(self.context, heard=heard, former=former)

    def _withdraw(self, alert_id: AlertId) -> None:
        for call in self.queued():
            if call.alert_id == alert_id:
                self.states[call.notification_id] = DeliveryState.WITHDRAWN
