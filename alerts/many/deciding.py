"""Many events decided as if each came alone: what one changes, the next already knows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from alerts.events import Delivered, Event, Found
from alerts.heard import Heard
from alerts.machine import advance
from alerts.model import Alert, Notification
from alerts.reasons import Reason
from alerts.transition import Context, Transition
from contracts import AlertId, AlertState, Finding, Hazard, HomeId

Together = Found | Delivered

#: What is found of these is also about a home's other alerts: it is decided alone.
_ALONE: Final = frozenset({Hazard.CHECK, Hazard.FALL})
#: As many events as are locked and written at once.
MOST: Final = 100


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was loaded for some events."""

    alerts: Sequence[Alert]
    heard: Sequence[Heard]
    contexts: Mapping[HomeId, Context]
    #: The calls that these events have settled; another word about a call changes nothing.
    settled: frozenset[str]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event's outcome beside what was before it."""

    before: Alert | None
    done: Transition


def parts(events: Iterable[Event]) -> Iterator[list[Together] | Event]:
    """Cut events, in their order, into those that go together and those that go alone."""
    together: list[Together] = []
    for event in events:
        if isinstance(event, Found | Delivered) and _needs_only_its_own(event):
            together.append(event)
            if len(together) == MOST:
                yield together
                together = []
            continue
        if together:
            yield together
            together = []
        yield event
    if together:
        yield together


def _needs_only_its_own(event: Together) -> bool:
    return not (isinstance(event, Found) and event.finding.hazard in _ALONE)


def decide(events: Iterable[Together], known: Known) -> list[Step]:
    """Take one step for each event, in order."""
    book = _Book(known)
    return [book.step(event) for event in events]


class _Book:
    """What is known while events are decided: what one writes, the next reads."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._alerts: dict[AlertId, Alert] = {}
        self._open: dict[tuple[HomeId, Hazard], AlertId] = {}
        self._heard = {one.finding_id: one for one in known.heard}
        self._settled = set(known.settled)
        for alert in known.alerts:
            self._write(alert)

    def step(self, event: Together) -> Step:
        """Decide one event."""
        before, done = self._decided(event)
        if done.alert:
            self._write(done.alert)
        if done.heard:
            self._heard[done.heard.finding_id] = done.heard
        return Step(before=before, done=done)

    def _decided(self, event: Together) -> tuple[Alert | None, Transition]:
        match event:
            case Found():
                finding = event.finding
                open_one = self._open.get((finding.home_id, finding.hazard))
                before = self._alerts[open_one] if open_one else None
                return before, advance(before, event, self._known.now, self._context(finding))
            case Delivered():
                before = self._alerts.get(event.alert_id)
                if event.notification.notification_id not in self._settled:
                    return before, Transition(reason=Reason.SETTLED_BEFORE, alert=before)
                self._settled.discard(event.notification.notification_id)
                return before, advance(before, event, self._known.now, Context())

    def _context(self, finding: Finding) -> Context:
        heard = self._heard.get(finding.finding_id)
        former = self._alerts.get(heard.alert_id) if heard and heard.alert_id else None
        return replace(self._known.contexts[finding.home_id], heard=heard, former=former)

    def _write(self, alert: Alert) -> None:
        self._alerts[alert.alert_id] = alert
        about = (alert.home_id, alert.hazard)
        if alert.state is not AlertState.RESOLVED:
            self._open[about] = alert.alert_id
        elif self._open.get(about) == alert.alert_id:
            del self._open[about]


def changes_of(steps: Iterable[Step]) -> tuple[list[Alert], list[Alert]]:
    """Name the alerts that are other than they were, and those of which only the version is."""
    first: dict[AlertId, Alert | None] = {}
    last: dict[AlertId, Alert] = {}
    for step in steps:
        if step.done.alert:
            first.setdefault(step.done.alert.alert_id, step.before)
            last[step.done.alert.alert_id] = step.done.alert
    changed: list[Alert] = []
    counted: list[Alert] = []
    for key, was in first.items():
        if was and was != last[key]:
            alike = replace(was, version=last[key].version) == last[key]
            (counted if alike else changed).append(last[key])
    return changed, counted


@dataclass(frozen=True, kw_only=True)
class Calls:
    """What is taken back from the outbox and then put into it, in this order."""

    withdrawn: tuple[Alert, ...]
    put: tuple[Notification, ...]


def calls_of(steps: Iterable[Step]) -> list[Calls]:
    """Gather what happens in the outbox; whatever is taken back after it was put there comes in a later part."""
    made: list[Calls] = []
    withdrawn: list[Alert] = []
    put: list[Notification] = []
    called: set[AlertId] = set()
    for step in steps:
        alert = step.done.alert
        if alert and step.done.withdraws and step.before:
            if alert.alert_id in called:
                made.append(Calls(withdrawn=tuple(withdrawn), put=tuple(put)))
                withdrawn, put, called = [], [], set()
            withdrawn.append(alert)
        put.extend(step.done.notifications)
        called.update(call.alert_id for call in step.done.notifications)
    return [*made, Calls(withdrawn=tuple(withdrawn), put=tuple(put))]
