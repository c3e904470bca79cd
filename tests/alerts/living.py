"""All that can happen to alerts, as rules of a state machine: what detectors, homes, channels, people and time do."""

from datetime import datetime, timedelta

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from alerts.checking import CLOCK_BEHIND
from alerts.events import (
    Acknowledge,
    Answered,
    CallResult,
    CheckAnswered,
    CloseFile,
    Delivered,
    DeliveryFailed,
    Dispatch,
    EscalateNow,
    Event,
    FollowedUp,
    Found,
    HandOver,
    HandOverConfirmed,
    Lower,
    Moved,
    Note,
    Phoned,
    Receipt,
    Receipted,
    Resolve,
    StillWell,
    TakeBack,
    Watch,
)
from alerts.model import Alert, DeliveryState, Notification, Visit, VisitStage
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from alerts.transition import Transition
from contracts import AlertId, Finding, Hazard, HomeId, Phase, Severity
from homes.model import Responder
from tests.alerts.building import CONTEXT, EVERYBODY, NOON, a_finding
from tests.alerts.cases import a_context
from tests.alerts.dict_store import DictStore

HAZARDS = (Hazard.HELP, Hazard.FALL, Hazard.STILLNESS, Hazard.SENSOR)
HOMES = (HomeId("h-0001"), HomeId("h-0002"))
OPERATORS = st.sampled_from(("kim", "lee"))
SERIOUS = {Severity.EMERGENCY, Severity.URGENT}
WAY = tuple(VisitStage)
#: One alert, or one call, of those that there are.
pick = st.integers(min_value=0, max_value=10_000)
people = st.sampled_from(EVERYBODY)


class Living(RuleBasedStateMachine):
    """Two homes, and whatever can befall their alerts, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.store = DictStore(context=CONTEXT)
        self.now = NOON
        self.told: list[Finding] = []
        self.before: dict[AlertId, Alert] = {}
        self.ended_by_a_person: set[AlertId] = set()

    @initialize(can_ask=st.booleans(), accepts=st.integers(1, 2), manned=st.booleans())
    def a_home_is_as_it_is(self, can_ask: bool, accepts: int, manned: bool) -> None:
        self.store.context = a_context(can_ask=can_ask, accepts=accepts, manned=manned)

    def apply(self, event: Event) -> Transition:
        self.before = dict(self.store.alerts)
        return self.seen(self.store.apply(event, self.now))

    def seen(self, done: Transition) -> Transition:
        """Look at what one event did."""
        if done.alert and done.alert != self.before.get(done.alert.alert_id):
            assert done.lines, f"{done.reason} changed an alert and wrote nothing"
        if done.alert and not done.lines:
            assert not done.notifications, f"{done.reason} calls somebody and says nothing of it"
        assert [line.version for line in done.lines] == [change.version for change in done.changes]
        return done

    def some(self, number: int) -> Alert:
        alerts = list(self.store.alerts.values())
        return alerts[number % len(alerts)]

    def some_call(self, number: int) -> Notification:
        calls = list(self.store.outbox.values())
        return calls[number % len(calls)]

    def some_visit(self, number: int, who: int) -> tuple[Alert, Visit]:
        gone = [alert for alert in self.store.alerts.values() if alert.visits]
        alert = gone[number % len(gone)]
        return alert, alert.visits[who % len(alert.visits)]

    @rule(
        home=st.sampled_from(HOMES),
        hazard=st.sampled_from(HAZARDS),
        severity=st.sampled_from(list(Severity)),
        phase=st.sampled_from(list(Phase)),
        since=st.integers(0, 3),
        told=st.integers(0, 9),
        test=st.sampled_from((False, False, False, True)),
    )
    def a_finding_is_told(
        self, home: HomeId, hazard: Hazard, severity: Severity, phase: Phase, since: int, told: int, test: bool
    ) -> None:
        began = NOON + timedelta(minutes=since)
        finding = a_finding(
            hazard, hazard, severity, phase, home=home, since=began, told_at=began + timedelta(minutes=told), test=test
        )
        self.is_told(finding)

    @precondition(lambda self: self.told)
    @rule(number=pick, phase=st.sampled_from((Phase.HOLDS, Phase.ENDED)), severity=st.sampled_from(Severity))
    def what_was_told_goes_on_or_ends(self, number: int, phase: Phase, severity: Severity) -> None:
        known = self.told[number % len(self.told)]
        later = known.told_at + timedelta(minutes=len(self.told))
        self.is_told(msgspec.structs.replace(known, phase=phase, severity=severity, told_at=later))

    def is_told(self, finding: Finding) -> None:
        self.told.append(finding)
        done = self.apply(Found(finding=finding))
        if finding.severity in SERIOUS and not finding.test and done.reason is not Reason.CLOSED_BEFORE:
            assert self.is_heard(finding), done.reason

    def is_heard(self, finding: Finding) -> bool:
        """Either a case is open for it, or a person has closed one for it."""
        about = (finding.home_id, finding.hazard)
        if any((one.home_id, one.hazard) == about for one in self.store.open_alerts()):
            return True
        return self.store.heard[finding.finding_id].alert_id in self.ended_by_a_person

    @precondition(lambda self: self.told)
    @rule(number=pick)
    def an_old_record_comes_again(self, number: int) -> None:
        finding = self.told[number % len(self.told)]
        before, log = dict(self.store.alerts), len(self.store.log)
        done = self.apply(Found(finding=finding))
        # One event twice is one event: the first time has told everything that it had to tell.
        assert done.reason in {Reason.TOLD_BEFORE, Reason.CLOSED_BEFORE}
        assert self.store.alerts == before and len(self.store.log) == log

    @rule(seconds=st.sampled_from([1, 30, 60, 180, 600, 1800, 3600, 8 * 3600]))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def timers_run_out(self) -> None:
        self.before = dict(self.store.alerts)
        for done in self.store.due(self.now):
            self.seen(done)
            assert done.reason is not Reason.NOT_DUE
        assert not self.store.due(self.now), "a timer that ran out was not wound up again"

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, operator=OPERATORS, stale=st.booleans())
    def an_operator_takes_it(self, number: int, operator: str, stale: bool) -> None:
        alert = self.some(number)
        version = alert.rang_version - 1 if stale else alert.version
        done = self.apply(Acknowledge(alert_id=alert.alert_id, operator=operator, version=version))
        if stale:
            assert done.reason not in {Reason.ACKNOWLEDGED, Reason.LEASE_RENEWED}

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, operator=OPERATORS, came_of_it=st.sampled_from(CallResult), phones=st.booleans())
    def an_operator_writes_or_telephones(
        self, number: int, operator: str, came_of_it: CallResult, phones: bool
    ) -> None:
        alert_id = self.some(number).alert_id
        if phones:
            self.apply(Phoned(alert_id=alert_id, operator=operator, whom="resident", came_of_it=came_of_it))
        else:
            self.apply(Note(alert_id=alert_id, operator=operator, text="n"))

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, behind=st.integers(0, 2))
    def an_operator_wants_the_next(self, number: int, behind: int) -> None:
        alert = self.some(number)
        press = EscalateNow(alert_id=alert.alert_id, operator="kim", step_seen=alert.step - behind)
        done = self.apply(press)
        if behind:
            assert not done.notifications
        if done.notifications:
            assert not self.apply(press).notifications, "the same button called twice"

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, operator=OPERATORS, who=people, stale=st.booleans())
    def an_operator_sends_somebody(self, number: int, operator: str, who: Responder, stale: bool) -> None:
        alert = self.some(number)
        press = Dispatch(
            alert_id=alert.alert_id,
            operator=operator,
            responder_id=who.responder_id,
            version=alert.rang_version - 1 if stale else alert.version,
        )
        done = self.apply(press)
        assert not stale or not done.notifications
        assert not self.apply(press).notifications, "the same button called twice"

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, operator=OPERATORS, minutes=st.sampled_from((0, 10, 60, 480, 481)))
    def an_operator_watches_it(self, number: int, operator: str, minutes: int) -> None:
        alert = self.some(number)
        until = self.now + timedelta(minutes=minutes)
        done = self.apply(
            Watch(alert_id=alert.alert_id, operator=operator, until=until, why="w", version=alert.version)
        )
        if done.reason is Reason.WATCHED:
            assert alert.severity is not Severity.EMERGENCY and 0 < minutes <= 480

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, operator=OPERATORS, what=st.sampled_from(("hand", "confirm", "back")))
    def another_centre_is_asked(self, number: int, operator: str, what: str) -> None:
        alert = self.some(number)
        events: dict[str, Event] = {
            "hand": HandOver(alert_id=alert.alert_id, operator=operator, centre="c-1", version=alert.version),
            "confirm": HandOverConfirmed(alert_id=alert.alert_id, centre="c-1"),
            "back": TakeBack(alert_id=alert.alert_id, operator=operator),
        }
        self.apply(events[what])

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, severity=st.sampled_from(Severity), stale=st.booleans())
    def a_person_lowers_it(self, number: int, severity: Severity, stale: bool) -> None:
        alert = self.some(number)
        version = alert.rang_version - 1 if stale else alert.version
        done = self.apply(Lower(alert_id=alert.alert_id, operator="kim", severity=severity, version=version))
        if done.reason is Reason.LOWERED:
            assert not stale and alert.proposed is not None and severity.rank <= alert.proposed.rank

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, stale=st.booleans(), outcome=st.sampled_from(OutcomeCode))
    def a_person_ends_it(self, number: int, stale: bool, outcome: OutcomeCode) -> None:
        alert = self.some(number)
        newest = max(alert.rang_version, alert.cried_version)
        done = self.apply(
            Resolve(
                alert_id=alert.alert_id,
                operator="kim",
                version=newest - 1 if stale else newest,
                outcome=outcome,
                resolved_by=ResolvedBy.OPERATOR,
            )
        )
        if done.reason is Reason.RESOLVED:
            assert not stale and (alert.test or outcome is not OutcomeCode.NO_CONTACT)
            self.ended_by_a_person.add(alert.alert_id)

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, closes=st.booleans())
    def what_remains_is_done(self, number: int, closes: bool) -> None:
        alert_id = self.some(number).alert_id
        done = FollowedUp(alert_id=alert_id, operator="kim")
        self.apply(CloseFile(alert_id=alert_id, supervisor="boss") if closes else done)

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, well=st.booleans(), ago=st.sampled_from((0, 0, 3600)))
    def the_home_answers(self, number: int, well: bool, ago: int) -> None:
        alert = self.some(number)
        at = self.now - timedelta(seconds=ago)
        done = self.apply(CheckAnswered(alert_id=alert.alert_id, well=well, at=at))
        if done.alert and done.alert.resolved_at and not alert.resolved_at:
            assert well and at >= max(alert.since, alert.opened_at - CLOCK_BEHIND), (
                "a resident said well before anybody asked"
            )
            self.ended_by_a_person.add(alert.alert_id)

    @precondition(lambda self: self.store.alerts)
    @rule(number=pick, who=people, yes=st.booleans())
    def a_responder_answers(self, number: int, who: Responder, yes: bool) -> None:
        alert_id = self.some(number).alert_id
        self.apply(Answered(alert_id=alert_id, responder_id=who.responder_id, accepted=yes))

    @precondition(lambda self: any(alert.visits for alert in self.store.alerts.values()))
    @rule(
        number=pick, who=pick, ahead=st.sampled_from((-1, 1, 1, 1, 2, 3)), minutes=st.sampled_from((None, -5, 5, 600))
    )
    def a_responder_moves(self, number: int, who: int, ahead: int, minutes: int | None) -> None:
        alert, visit = self.some_visit(number, who)
        stage = WAY[(WAY.index(visit.stage) + ahead) % len(WAY)]
        expected: datetime | None = None if minutes is None else self.now + timedelta(minutes=minutes)
        moves = Moved(alert_id=alert.alert_id, responder_id=visit.responder_id, stage=stage, expected_at=expected)
        self.apply(moves)
        if expected is None:
            assert not self.apply(moves).lines, "the same move was written twice"

    @precondition(lambda self: any(alert.visits for alert in self.store.alerts.values()))
    @rule(number=pick, who=pick)
    def a_responder_says_that_they_are_well(self, number: int, who: int) -> None:
        alert, visit = self.some_visit(number, who)
        self.apply(StillWell(alert_id=alert.alert_id, responder_id=visit.responder_id))

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

    @precondition(lambda self: self.store.outbox)
    @rule(number=pick, receipt=st.sampled_from(Receipt))
    def a_receipt_comes(self, number: int, receipt: Receipt) -> None:
        call = self.some_call(number)
        self.apply(
            Receipted(alert_id=call.alert_id, notification_id=call.notification_id, receipt=receipt, at=self.now)
        )
