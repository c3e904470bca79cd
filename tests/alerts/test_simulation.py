"""A street in virtual time, from one seed: findings are lost, repeated and shuffled, channels fail, processes die.

Whatever happens, no cry is lost: a press that is told again leads to a case that reaches a responder, or to an alarm
that nobody can be reached. A failure prints its seed, and the seed alone gives the failure again.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random

import pytest

from alerts.delivery import wait_after
from alerts.events import Acknowledge, Answered, Delivered, DeliveryFailed, Event, Found, Resolve
from alerts.model import Alert, DeliveryState, Notification
from alerts.outcomes import OutcomeCode, ResolvedBy
from contracts import AlertChangeKind, AlertId, Finding, HomeId, Phase
from tests.alerts.building import CONTEXT, NOON, a_finding
from tests.alerts.dict_store import DictStore

SECOND = timedelta(seconds=1)
HOMES = [HomeId(f"h-{number:04}") for number in range(6)]
PRESSES = 20
HOUR = 3600


class Died(Exception):
    """The process ended between two of its steps."""


@dataclass(kw_only=True)
class Street:
    """Everything that a seed decides. What is in `store` and `kafka` outlives the process; the rest does not."""

    seed: int
    random: Random = field(init=False)
    store: DictStore = field(default_factory=lambda: DictStore(context=CONTEXT))
    now: datetime = NOON
    #: What detectors told and we have not committed.
    kafka: list[Finding] = field(default_factory=list)
    pressed: list[Finding] = field(default_factory=list)
    told: dict[str, datetime] = field(default_factory=dict)
    #: What the world outside saw: it is never rolled back.
    rang: dict[str, int] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    try_at: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.loss = self.random.choice([0.0, 0.3, 0.7])
        self.repeats = self.random.choice([0.0, 0.5])
        self.deaths = self.random.choice([0.0, 0.02, 0.1])
        self.channel_fails = self.random.choice([0.0, 0.5, 1.0])

    def live(self, seconds: int, *, presses: int) -> None:
        times = {self.random.randrange(seconds // 2) for _ in range(presses)}
        for second in range(seconds):
            self.now = NOON + second * SECOND
            if second in times:
                self.press()
            self.tell()
            try:
                self.work()
            except Died:
                continue

    def press(self) -> None:
        self.pressed.append(a_finding(home=self.random.choice(HOMES), since=self.now))

    def tell(self) -> None:
        """Detectors tell each press for ten minutes, every minute; what they tell may be lost, or come twice."""
        for press in self.pressed:
            if self.now - press.since >= timedelta(minutes=10):
                continue
            if self.now - self.told.get(press.finding_id, NOON - timedelta(days=1)) < timedelta(minutes=1):
                continue
            self.told[press.finding_id] = self.now
            last = self.now - press.since >= timedelta(minutes=9)
            if self.random.random() < self.loss and not last:
                continue
            phase = Phase.BEGAN if self.now == press.since else Phase.HOLDS
            told = a_finding(home=press.home_id, since=press.since, phase=phase, told_at=self.now)
            self.kafka += [told] * (2 if self.random.random() < self.repeats else 1)
        self.random.shuffle(self.kafka)

    def work(self) -> None:
        """One second of the service; it may die after each of its steps."""
        while self.kafka:
            self.apply(Found(finding=self.kafka[0]))
            self.may_die()
            self.kafka.pop(0)
        self.store.due(self.now)
        self.may_die()
        for call in self.store.queued():
            if self.try_at.get(call.notification_id, self.now) <= self.now:
                self.push(call)
        self.people_act()

    def push(self, call: Notification) -> None:
        key = call.notification_id
        attempt = self.tries[key] = self.tries.get(key, 0) + 1
        # The lease: whoever dies now leaves a call that is due again when it ends.
        self.try_at[key] = self.now + 10 * SECOND
        self.may_die()
        arrived = self.random.random() >= self.channel_fails
        if arrived:
            self.rang[key] = self.rang.get(key, 0) + 1
        self.may_die()
        if arrived:
            self.store.states[key] = DeliveryState.DELIVERED
            self.apply(Delivered(alert_id=call.alert_id, notification=call, attempt=attempt))
            return
        wait = wait_after(attempt)
        if wait is not None:
            self.try_at[key] = self.now + wait
            return
        self.store.states[key] = DeliveryState.FAILED
        self.apply(DeliveryFailed(alert_id=call.alert_id, notification=call, attempt=attempt, why="timed_out"))

    def people_act(self) -> None:
        for alert in self.store.open_alerts():
            if self.random.random() < 0.002:
                self.apply(Acknowledge(alert_id=alert.alert_id, operator="kim", version=alert.version))
            if self.random.random() < 0.002:
                who = self.random.choice(CONTEXT.responders).responder_id
                yes = self.random.random() < 0.3
                self.apply(Answered(alert_id=alert.alert_id, responder_id=who, accepted=yes))
            if self.random.random() < 0.001:
                self.close(alert)

    def close(self, alert: Alert) -> None:
        self.apply(
            Resolve(
                alert_id=alert.alert_id,
                operator="kim",
                version=alert.version,
                outcome=OutcomeCode.ACCIDENTAL_PRESS,
                resolved_by=ResolvedBy.RESIDENT,
            )
        )

    def apply(self, event: Event) -> None:
        self.store.apply(event, self.now)

    def may_die(self) -> None:
        if self.random.random() < self.deaths:
            raise Died

    def reached_somebody(self, alert_id: AlertId) -> bool:
        """A push arrived, or a person acted, or the alarm went off that nobody can be reached."""
        if any(self.rang.get(call.notification_id) for call in self.store.outbox.values() if call.alert_id == alert_id):
            return True
        heard = {
            AlertChangeKind.LIST_EXHAUSTED,
            AlertChangeKind.ACKNOWLEDGED,
            AlertChangeKind.ACCEPTED,
            AlertChangeKind.RESOLVED,
        }
        return bool(heard & {line.change for line in self.store.lines_of(alert_id)})


def lived(seed: int) -> Street:
    street = Street(seed=seed)
    street.live(HOUR, presses=PRESSES)
    return street


@cache
def a_street(seed: int) -> Street:
    """Three sentences are asked of each story; it is told once."""
    return lived(seed)


@pytest.mark.parametrize("seed", range(24))
def test_no_cry_is_lost(seed: int) -> None:
    street = a_street(seed)
    for press in street.pressed:
        heard = street.store.heard.get(press.finding_id)
        assert heard and heard.alert_id, f"seed {seed}: the press of {press.since} opened no case"
        assert street.reached_somebody(heard.alert_id), f"seed {seed}: the press of {press.since} reached nobody"


@pytest.mark.parametrize("seed", range(24))
def test_nobody_is_called_twice_by_one_notification_unless_a_process_died(seed: int) -> None:
    street = a_street(seed)
    if not street.deaths:
        assert all(count == 1 for count in street.rang.values()), f"seed {seed}"
    # Even then the repeat carries the same key, and belongs to a call that was made once.
    assert set(street.rang) <= set(street.store.outbox), f"seed {seed}"


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_still_open_is_still_being_called_for(seed: int) -> None:
    street = a_street(seed)
    for alert in street.store.open_alerts():
        assert alert.due_at is not None, f"seed {seed}"
        assert alert.due_at > street.now - timedelta(seconds=60), f"seed {seed}: a timer was forgotten"


def test_the_same_seed_tells_the_same_story() -> None:
    first, second = lived(7), lived(7)
    assert first.store.log == second.store.log and first.rang == second.rang
