"""The life of alerts under everything that can happen to them, in any order: what holds after each step."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alerts.events import (
    Acknowledge,
    Answered,
    Delivered,
    DeliveryFailed,
    EscalateNow,
    Event,
    Found,
    Note,
    Resolve,
)
from alerts.model import Alert, DeliveryState, DueFor, Notification
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from alerts.transition import Transition
from contracts import AlertChangeKind, AlertId, AlertState, Finding, Hazard, HomeId, Phase, Severity
from homes.model import Responder
from tests.alerts.building import CONTEXT, EVERYBODY, NOON, a_finding
from tests.alerts.dict_store import DictStore

HAZARDS = (Hazard.HELP, Hazard.STILLNESS, Hazard.SENSOR)
HOMES = (HomeId("h-0001"), HomeId("h-0002"))
OPERATORS = ("kim", "lee")
SERIOUS = {Severity.EMERGENCY, Severity.URGENT}
pick = st.integers(min_value=0, max_value=10_000)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = DictStore(context=CONTEXT)
        self.now = NOON
        self.told: list[Finding] = []
        self.before: dict[AlertId, Alert] = {}
        self.closed_by_a_person: set[AlertId] = set()
        self.first_policies: dict[AlertId, object] = {}

    def apply(self, event: Event) -> Transition:
        self.before = dict(self.store.alerts)
        done = self.store.apply(event, self.now)
        self.follow()
        return done

    def follow(self) -> None:
        for alert_id, alert in self.store.alerts.items():
            self.first_policies.setdefault(alert_id, alert.policy)

    def some(self, number: int) -> Alert:
        alerts = list(self.store.alerts.values())
        return alerts[number % len(alerts)]

    def some_call(self, number: int) -> Notification:
        calls = list(self.store.outbox.values())
        return calls[number % len(calls)]

    @rule(
        home=st.sampled_from(HOMES),
        hazard=st.sampled_from(HAZARDS),
        severity=st.sampled_from(list(Severity)),
        phase=st.sampled_from(list(Phase)),
        since=st.integers(0, 3),
        told=st.integers(0, 9),
        test=st.booleans(),
    )
    def a_finding_is_told(
        self, home: HomeId, hazard: Hazard, severity: Severity, phase: Phase, since: int, told: int, test: bool
    ) -> None:
        began = NOON + timedelta(minutes=since)
        finding = a_finding(
            hazard, hazard, severity, phase, home=home, since=began, told_at=began + timedelta(minutes=told), test=test
        )
        self.told.append(finding)
        done = self.apply(Found(finding=finding))
        if severity in SERIOUS and not test and done.reason is not Reason.CLOSED_BEFORE:
            assert self.is_heard(finding), done.reason

    def is_heard(self, finding: Finding) -> bool:
        """Either a case is open for it, or a person has closed one for it."""
        about = (finding.home_id, finding.hazard)
        if any((one.home_id, one.hazard) == about for one in self.store.open_alerts()):
            return True
        heard = self.store.heard[finding.finding_id]
        return heard.alert_id in self.closed_by_a_person

    @precondition(lambda self: self.told)
    @rule(number=pick)
    def an_old_record_comes_again(self, number: int) -> None:
        finding = self.told[number % len(self.told)]
        before, log = dict(self.store.alerts), len(self.store.log)
        done = self.apply(Found(finding=finding))
        # One event twice is one event: the first time has told everything that it had to tell.
        assert done.reason in {Reason.TOLD_BEFORE, Reason.CLOSED_BEFORE}
        assert self.store.alerts == before and len(self.store.log) == log

    @rule(seconds=st.sampled_from([1, 30, 60, 180, 600, 1800, 3600]))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def timers_run_out(self) -> None:
        self.before = dict(self.store.alerts)
        self.store.due(self.now)
        self.follow()
        assert not self.store.due(self.now), "a timer that ran out was not wound up again"

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, operator=st.sampled_from(OPERATORS), stale=st.booleans())
    def an_operator_takes_it(self, number: int, operator: str, stale: bool) -> None:
        alert = self.some(number)
        version = alert.rang_version - 1 if stale else alert.version
        done = self.apply(Acknowledge(alert_id=alert.alert_id, operator=operator, version=version))
        if stale:
            assert done.reason not in {Reason.ACKNOWLEDGED, Reason.LEASE_RENEWED}

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, operator=st.sampled_from(OPERATORS))
    def an_operator_writes(self, number: int, operator: str) -> None:
        self.apply(Note(alert_id=self.some(number).alert_id, operator=operator, text="n"))

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, behind=st.integers(0, 2))
    def an_operator_wants_the_next(self, number: int, behind: int) -> None:
        alert = self.some(number)
        press = EscalateNow(alert_id=alert.alert_id, operator="kim", step_seen=alert.step - behind)
        done = self.apply(press)
        if behind:
            assert not done.notifications
        assert not self.apply(press).notifications, "the same button called twice"

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, stale=st.booleans())
    def a_person_closes_it(self, number: int, stale: bool) -> None:
        alert = self.some(number)
        newest = max(alert.rang_version, alert.cried_version)
        done = self.apply(
            Resolve(
                alert_id=alert.alert_id,
                operator="kim",
                version=newest - 1 if stale else newest,
                outcome=OutcomeCode.REASSURANCE,
                resolved_by=ResolvedBy.OPERATOR,
            )
        )
        assert not stale or done.reason is not Reason.RESOLVED
        if done.reason is Reason.RESOLVED:
            self.closed_by_a_person.add(alert.alert_id)

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, who=st.sampled_from(EVERYBODY), yes=st.booleans())
    def a_responder_answers(self, number: int, who: Responder, yes: bool) -> None:
        alert_id = self.some(number).alert_id
        self.apply(Answered(alert_id=alert_id, responder_id=who.responder_id, accepted=yes))

    @precondition(lambda self: self.store.outbox)
    @rule(number=pick, arrives=st.booleans())
    def a_channel_reports(self, number: int, arrives: bool) -> None:
        call = self.some_call(number)
        # One that was withdrawn may be on its way already.
        if self.store.states[call.notification_id] in {DeliveryState.DELIVERED, DeliveryState.FAILED}:
            return
        state = DeliveryState.DELIVERED if arrives else DeliveryState.FAILED
        self.store.states[call.notification_id] = state
        if arrives:
            self.apply(Delivered(alert_id=call.alert_id, notification=call, attempt=1))
        else:
            self.apply(DeliveryFailed(alert_id=call.alert_id, notification=call, attempt=3, why="timed_out"))

    @invariant()
    def only_a_person_closes_what_matters(self) -> None:
        for alert in self.store.alerts.values():
            if alert.state is AlertState.RESOLVED and alert.severity in SERIOUS | {Severity.CAUTION}:
                assert alert.alert_id in self.closed_by_a_person

    @invariant()
    def a_home_has_at_most_one_open_case_of_a_hazard(self) -> None:
        about = [(one.home_id, one.hazard) for one in self.store.open_alerts()]
        assert len(about) == len(set(about))

    @invariant()
    def whatever_is_open_has_a_time_at_which_something_happens(self) -> None:
        for alert in self.store.alerts.values():
            assert (alert.due_at is None) == (alert.state is AlertState.RESOLVED)
            if alert.state is AlertState.ACKNOWLEDGED:
                assert alert.due_for is DueFor.LEASE and alert.due_at == alert.owner_until
                assert alert.owner or alert.goes
            elif alert.state is AlertState.NEW:
                assert alert.due_for is not DueFor.LEASE and not alert.owner and not alert.goes

    @invariant()
    def the_log_has_every_version_once(self) -> None:
        for alert in self.store.alerts.values():
            versions = [line.version for line in self.store.lines_of(alert.alert_id)]
            assert versions == list(range(1, alert.version + 1))

    @invariant()
    def nothing_gets_milder_or_is_forgotten(self) -> None:
        for alert_id, before in self.before.items():
            after = self.store.alerts[before.alert_id]
            assert after.severity.rank <= before.severity.rank or before.test
            assert after.step >= before.step and after.version >= before.version
            assert after.again >= before.again and after.repeats >= before.repeats
            assert after.policy == self.first_policies[alert_id]

    @invariant()
    def a_closed_case_stays_closed(self) -> None:
        for alert_id in self.closed_by_a_person:
            assert self.store.alerts[alert_id].state is AlertState.RESOLVED

    @invariant()
    def tests_notices_and_devices_call_nobody(self) -> None:
        for call in self.store.outbox.values():
            assert call.severity.rank <= Severity.CAUTION.rank
        for alert in self.store.alerts.values():
            if alert.test:
                assert not [call for call in self.store.outbox.values() if call.alert_id == alert.alert_id]

    @invariant()
    def nothing_waits_in_the_outbox_of_a_closed_case(self) -> None:
        waiting = {call.alert_id for call in self.store.queued()}
        assert not waiting & {
            alert.alert_id for alert in self.store.alerts.values() if alert.state is AlertState.RESOLVED
        }

    @invariant()
    def steps_are_called_one_after_the_other(self) -> None:
        for alert in self.store.alerts.values():
            lines = self.store.lines_of(alert.alert_id)
            steps = [line.step for line in lines if line.change is AlertChangeKind.ESCALATED]
            assert all(earlier < later for earlier, later in pairwise(steps))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
