"""The life of alerts under everything that can happen to them, in any order: what holds after each step."""

from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant

from alerts import timers
from alerts.model import Alert, DueFor, Purpose, VisitStage
from alerts.telling import RESIDENT
from contracts import AlertChangeKind, AlertId, AlertState, FollowUp, Severity
from homes.model import Policy
from tests.alerts.living import SERIOUS, Living

#: What the alert's own timer is for, by its state.
OWN = {
    AlertState.CHECKING: {DueFor.CHECK},
    AlertState.NEW: {DueFor.CALL, DueFor.LOOK},
    AlertState.ACKNOWLEDGED: {DueFor.LEASE},
    AlertState.WATCHING: {DueFor.WATCH},
    AlertState.HANDED_OVER: {DueFor.HAND_OVER, DueFor.LEASE},
}
#: Calls that may wait when the case is over: they say just that.
SAY_THAT_IT_IS_OVER = {Purpose.TAKEN, Purpose.HAND_OVER}
#: Calls that are made of a notice too: another centre is asked, or somebody is silent in the home.
CALLED_WHATEVER_IT_IS = {Purpose.HAND_OVER, Purpose.RESPONDER_SILENT}


class Life(Living):
    def __init__(self) -> None:
        super().__init__()
        self.first_policies: dict[AlertId, Policy] = {}

    def alerts(self) -> list[Alert]:
        return list(self.store.alerts.values())

    @invariant()
    def only_a_person_closes_what_matters(self) -> None:
        for alert in self.alerts():
            if alert.state is AlertState.RESOLVED and alert.severity in SERIOUS | {Severity.CAUTION}:
                assert alert.alert_id in self.ended_by_a_person

    @invariant()
    def a_home_has_at_most_one_open_case_of_a_hazard(self) -> None:
        about = [(one.home_id, one.hazard) for one in self.store.open_alerts()]
        assert len(about) == len(set(about))

    @invariant()
    def whatever_is_open_has_a_time_at_which_something_happens(self) -> None:
        for alert in self.alerts():
            resolved = alert.state is AlertState.RESOLVED
            assert (alert.due_at is None) == resolved
            assert alert.due_at == timers.earliest(alert), "a timer is due before the clock looks"
            if resolved:
                assert not alert.timers
                continue
            own = timers.unwound(alert)
            assert own.due_for in OWN[alert.state], (alert.state, own.due_for)
            assert timers.wound(own) == alert

    @invariant()
    def whoever_has_a_case_in_hand_is_known_and_has_a_time(self) -> None:
        for alert in self.alerts():
            own = timers.unwound(alert)
            match alert.state:
                case AlertState.ACKNOWLEDGED:
                    assert own.due_at == own.owner_until and (alert.owner or alert.visits)
                case AlertState.WATCHING:
                    assert alert.owner and alert.severity is not Severity.EMERGENCY
                    assert own.due_at == own.owner_until
                case AlertState.HANDED_OVER:
                    assert alert.centre and alert.owner is None
                case AlertState.NEW:
                    assert alert.owner is None and alert.owner_until is None and alert.centre is None
                case _:
                    pass

    @invariant()
    def whoever_is_on_the_way_or_in_the_home_is_watched(self) -> None:
        for alert in self.store.open_alerts():
            watched = {timer.responder_id: timer.due_for for timer in timers.unwound(alert).timers}
            assert None not in watched and set(watched) <= {visit.responder_id for visit in alert.visits}
            for visit in alert.visits:
                if visit.stage in {VisitStage.ARRIVED, VisitStage.ENTERED}:
                    assert watched.get(visit.responder_id) is DueFor.VISIT
                elif visit.stage is VisitStage.LEFT:
                    assert visit.responder_id not in watched
                elif visit.expected_at > self.now:
                    assert watched.get(visit.responder_id) is DueFor.TRAVEL

    @invariant()
    def the_log_has_every_version_once(self) -> None:
        for alert in self.alerts():
            versions = [line.version for line in self.store.lines_of(alert.alert_id)]
            assert versions == list(range(1, alert.version + 1))

    @invariant()
    def nothing_gets_milder_by_itself_or_is_forgotten(self) -> None:
        for alert_id, before in self.before.items():
            after = self.store.alerts[before.alert_id]
            lowered = after.worst is not None and after.worst.rank <= before.severity.rank
            assert after.severity.rank <= before.severity.rank or before.test or lowered
            assert after.step >= before.step and after.version >= before.version
            assert after.again >= before.again and after.repeats >= before.repeats
            assert after.policy == self.first_policies.setdefault(alert_id, before.policy)

    @invariant()
    def a_closed_case_stays_closed(self) -> None:
        for alert_id, before in self.before.items():
            if before.state is AlertState.RESOLVED:
                after = self.store.alerts[alert_id]
                assert after.state is AlertState.RESOLVED and after.outcome == before.outcome
                assert not before.closed_at or after.closed_at == before.closed_at

    @invariant()
    def a_file_is_closed_when_nothing_remains_and_a_supervisor_has_read_what_was_an_emergency(self) -> None:
        for alert in self.alerts():
            if alert.closed_at is None:
                continue
            assert alert.state is AlertState.RESOLVED and alert.follow_up is not FollowUp.DUE
            closings = [one for one in self.store.lines_of(alert.alert_id) if one.change is AlertChangeKind.CLOSED]
            assert len(closings) == 1
            assert closings[0].by == "boss" or alert.test or not alert.was_emergency

    @invariant()
    def tests_notices_and_devices_call_nobody(self) -> None:
        for call in self.store.outbox.values():
            assert call.severity.rank <= Severity.CAUTION.rank or call.purpose in CALLED_WHATEVER_IT_IS
        for alert in self.alerts():
            if alert.test:
                assert not [call for call in self.store.outbox.values() if call.alert_id == alert.alert_id]

    @invariant()
    def nothing_but_that_it_is_over_waits_in_the_outbox_of_a_closed_case(self) -> None:
        waiting = {call.alert_id for call in self.store.queued() if call.purpose not in SAY_THAT_IT_IS_OVER}
        assert not waiting & {alert.alert_id for alert in self.alerts() if alert.state is AlertState.RESOLVED}

    @invariant()
    def nobody_is_told_that_another_has_it_who_was_not_called(self) -> None:
        for call in self.store.outbox.values():
            if call.purpose is Purpose.TAKEN:
                called = self.store.called(call.alert_id)
                assert call.responder_id in {one.responder_id for one in called}

    @invariant()
    def only_a_home_that_is_asked_is_waited_for(self) -> None:
        for alert in self.alerts():
            asked = [call for call in self.store.outbox.values() if call.purpose is Purpose.CHECK]
            assert all(call.responder_id == RESIDENT for call in asked)
            if alert.state is AlertState.CHECKING:
                assert alert.alert_id in {call.alert_id for call in asked}

    @invariant()
    def steps_are_called_one_after_the_other(self) -> None:
        for alert in self.alerts():
            lines = self.store.lines_of(alert.alert_id)
            steps = [line.step for line in lines if line.change is AlertChangeKind.ESCALATED]
            assert all(earlier < later for earlier, later in pairwise(steps))


#: At night more: `make laws`.
STORIES = max(500, settings.default.max_examples if settings.default else 0)

TestLife = pytest.mark.laws(Life.TestCase)
TestLife.settings = settings(max_examples=STORIES, stateful_step_count=30, deadline=None)
