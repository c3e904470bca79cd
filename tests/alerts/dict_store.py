"""The store as a dictionary: the same apply, without a database, in a time that the test turns."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts import checking
from alerts.events import Due, Event, Found, Receipted
from alerts.heard import Heard
from alerts.in_hand import expected
from alerts.machine import advance
from alerts.model import Alert, DeliveryState, LogLine, Notification, Purpose
from alerts.transition import Context, Transition
from contracts import AlertId, AlertState, Finding, FindingId, Hazard, HomeId

#: What is not withdrawn because somebody has the case: it says just that, or asks another centre.
TOLD_ALL_THE_SAME = frozenset({Purpose.TAKEN, Purpose.HAND_OVER})


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
            self._withdraw(done.alert)
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

    def answer(self, finding: Finding, now: datetime) -> list[Transition]:
        """Bring what a home said to each of its alerts about which it may be asked, as the database does."""
        asked = [checking.answer_of(finding, one) for one in self.open_alerts() if one.home_id == finding.home_id]
        return [self.apply(event, now) for event in asked if event]

    def called(self, alert_id: AlertId) -> tuple[Notification, ...]:
        """List the calls for help that somebody got."""
        for_help = (Purpose.HELP, Purpose.NOBODY_ANSWERED)
        brought = [call for key, call in self.outbox.items() if self.states[key] is DeliveryState.DELIVERED]
        return tuple(call for call in brought if call.alert_id == alert_id and call.purpose in for_help)

    def _beside(self, home_id: HomeId, alert_id: AlertId | None) -> frozenset[Hazard]:
        return checking.beside(alert_id, [one for one in self.open_alerts() if one.home_id == home_id])

    def _known(self, event: Event) -> tuple[Alert | None, Context]:
        if not isinstance(event, Found):
            alert = self.alerts.get(event.alert_id)
            return alert, replace(
                self.context,
                called=self.called(event.alert_id),
                beside=self._beside(alert.home_id, alert.alert_id) if alert else frozenset(),
                call=self.outbox.get(event.notification_id) if isinstance(event, Receipted) else None,
            )
        finding = event.finding
        heard = self.heard.get(finding.finding_id)
        former = self.alerts.get(heard.alert_id) if heard and heard.alert_id else None
        about = (finding.home_id, finding.hazard)
        alert = next((one for one in self.open_alerts() if (one.home_id, one.hazard) == about), None)
        beside = self._beside(finding.home_id, None)
        return alert, replace(self.context, heard=heard, former=former, beside=beside)

    def _withdraw(self, alert: Alert) -> None:
        sent = expected(alert)
        for call in self.queued():
            spared = call.purpose in TOLD_ALL_THE_SAME or call.responder_id in sent
            if call.alert_id == alert.alert_id and not spared:
                self.states[call.notification_id] = DeliveryState.WITHDRAWN
