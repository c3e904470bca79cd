"""Those who go: yes and no, the way, the time in the home, and what their silence means."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.events import StillWell
from alerts.model import DueFor, Purpose, Timer, VisitStage
from alerts.outcomes import OutcomeCode
from alerts.reasons import Reason
from alerts.telling import told, told_taken
from alerts.transition import Transition
from alerts.visits import ran_out
from contracts import AlertChangeKind, AlertStage, AlertState, Hazard, Severity
from tests.alerts.building import CARER, CONTEXT, DAUGHTER, GUARD, MINUTE, NOON, a_finding
from tests.alerts.cases import Case, a_case

TWO = replace(CONTEXT, policy=replace(CONTEXT.policy, accepts=2)) if CONTEXT.policy else CONTEXT


def on_the_way() -> Case:
    case = a_case()
    case.says(DAUGHTER)
    return case


def test_a_responder_goes_their_way_forward_and_it_is_written() -> None:
    case = on_the_way()
    assert case.alert.stage is AlertStage.DISPATCHED
    for stage in (VisitStage.EN_ROUTE, VisitStage.ARRIVED, VisitStage.ENTERED, VisitStage.LEFT):
        case.later(minutes=5)
        assert case.moves(DAUGHTER, stage).reason is Reason.MOVED
        assert case.moves(DAUGHTER, stage).reason is Reason.SAID_BEFORE
    (visit,) = case.alert.visits
    times = (visit.en_route_at, visit.arrived_at, visit.entered_at, visit.left_at)
    assert times == tuple(NOON + minutes * MINUTE for minutes in (5, 10, 15, 20))
    assert case.lines()[-4:] == ["en_route", "arrived", "entered", "left"]
    assert case.alert.goes is None and not case.alert.timers


def test_the_stage_of_an_alert_follows_whoever_has_come_farthest() -> None:
    case = on_the_way()
    stages: list[AlertStage] = []
    for stage in (VisitStage.EN_ROUTE, VisitStage.ENTERED, VisitStage.LEFT):
        case.moves(DAUGHTER, stage)
        stages.append(case.alert.stage)
    assert stages == [AlertStage.EN_ROUTE, AlertStage.ENTERED, AlertStage.TAKEN]
    assert case.alert.visits[0].arrived_at == NOON


@pytest.mark.parametrize("stage", [VisitStage.SENT, VisitStage.ACCEPTED, VisitStage.EN_ROUTE])
def test_nobody_goes_backward(stage: VisitStage) -> None:
    case = on_the_way()
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    done = case.moves(DAUGHTER, stage)
    assert done.reason is Reason.WRONG_WAY and not done.lines


def test_nobody_leaves_a_home_that_they_did_not_come_to() -> None:
    case = on_the_way()
    assert case.moves(DAUGHTER, VisitStage.LEFT).reason is Reason.WRONG_WAY


def test_nobody_moves_after_they_left_or_without_having_said_yes() -> None:
    case = on_the_way()
    assert case.moves(CARER, VisitStage.ARRIVED).reason is Reason.NOT_ON_THE_WAY
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    case.moves(DAUGHTER, VisitStage.LEFT)
    assert case.moves(DAUGHTER, VisitStage.LEFT).reason is Reason.SAID_BEFORE
    assert case.moves(DAUGHTER, VisitStage.ENTERED).reason is Reason.WRONG_WAY


def test_who_does_not_arrive_when_they_said_makes_it_ring() -> None:
    case = on_the_way()
    case.moves(DAUGHTER, VisitStage.EN_ROUTE, expected_at=NOON + 12 * MINUTE)
    assert not case.later(minutes=11)
    (done,) = case.later(minutes=1)
    assert done.reason is Reason.NOT_ARRIVED and case.alert.rings and case.alert.goes is None
    assert AlertChangeKind.NOT_ARRIVED in case.lines() and case.alert.again == 1


def test_who_says_that_it_takes_longer_is_believed_within_bounds() -> None:
    case = on_the_way()
    case.moves(DAUGHTER, VisitStage.EN_ROUTE)
    later = case.moves(DAUGHTER, VisitStage.EN_ROUTE, expected_at=NOON + 45 * MINUTE)
    assert later.reason is Reason.MOVED and case.alert.visits[0].expected_at == NOON + 45 * MINUTE
    case.moves(DAUGHTER, VisitStage.EN_ROUTE, expected_at=NOON + timedelta(hours=9))
    assert case.alert.visits[0].expected_at == NOON + 60 * MINUTE


def test_who_is_late_and_is_heard_of_again_makes_it_quiet_again() -> None:
    case = on_the_way()
    case.later(minutes=30)
    assert case.alert.rings
    done = case.moves(DAUGHTER, VisitStage.EN_ROUTE)
    assert done.withdraws and case.alert.state is AlertState.ACKNOWLEDGED and case.alert.goes == DAUGHTER.responder_id
    assert case.alert.visits[0].expected_at == NOON + 60 * MINUTE


def test_a_way_that_began_before_it_got_worse_is_no_answer_to_the_new_ring() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    case.says(DAUGHTER)
    case.found(a_finding("worse", Hazard.STILLNESS, Severity.EMERGENCY))
    assert case.alert.rings and case.alert.goes == DAUGHTER.responder_id
    case.moves(DAUGHTER, VisitStage.EN_ROUTE)
    assert case.alert.rings
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    assert case.alert.state is AlertState.ACKNOWLEDGED


def test_while_it_rings_anew_another_who_says_yes_is_welcome() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    case.says(DAUGHTER)
    case.found(a_finding("worse", Hazard.STILLNESS, Severity.EMERGENCY))
    assert case.says(CARER).reason is Reason.ACCEPTED
    assert [visit.responder_id for visit in case.alert.visits] == ["daughter", "carer"]
    assert case.alert.state is AlertState.ACKNOWLEDGED and case.alert.goes == "daughter"


def test_who_says_yes_twice_because_it_rings_anew_keeps_their_place() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    case.says(DAUGHTER)
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    case.found(a_finding("worse", Hazard.STILLNESS, Severity.EMERGENCY))
    assert case.says(DAUGHTER).reason is Reason.ACCEPTED
    assert case.alert.visits[0].stage is VisitStage.ARRIVED and not case.alert.rings


def test_who_is_silent_in_the_home_for_an_hour_is_looked_for() -> None:
    case = on_the_way()
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    assert case.alert.due_at == NOON + 60 * MINUTE
    (done,) = case.later(minutes=60)
    assert done.reason is Reason.VISIT_OVERDUE and case.alert.rings
    assert case.calls(Purpose.RESPONDER_SILENT) == ["boss"]
    case.takes()
    case.later(minutes=15)
    assert case.calls(Purpose.RESPONDER_SILENT) == ["boss", "boss"], "it does not stop while nothing is heard"
    case.moves(DAUGHTER, VisitStage.LEFT)
    assert not case.alert.timers or case.alert.due_for is not DueFor.VISIT


def test_who_left_leaves_the_case_to_be_ended_or_it_rings() -> None:
    case = on_the_way()
    case.moves(DAUGHTER, VisitStage.ENTERED)
    case.later(minutes=20)
    case.moves(DAUGHTER, VisitStage.LEFT)
    assert case.alert.state is AlertState.ACKNOWLEDGED
    (done,) = case.later(minutes=10)
    assert done.reason is Reason.LEASE_EXPIRED and case.alert.rings


def test_what_was_pressed_without_a_line_keeps_its_time() -> None:
    case = on_the_way()
    case.later(minutes=20)
    case.moves(DAUGHTER, VisitStage.ARRIVED, said_at=NOON + 8 * MINUTE)
    assert case.alert.visits[0].arrived_at == NOON + 8 * MINUTE
    log = case.store.lines_of(case.alert.alert_id)
    (line,) = [line for line in log if line.change is AlertChangeKind.ARRIVED]
    assert line.at == NOON + 20 * MINUTE and line.text == (NOON + 8 * MINUTE).isoformat(timespec="seconds")


@pytest.mark.parametrize(("said", "believed"), [(-5, 0), (3, 3), (40, 10)])
def test_a_telephones_clock_is_believed_from_the_yes_until_now(said: int, believed: int) -> None:
    case = on_the_way()
    case.later(minutes=10)
    case.moves(DAUGHTER, VisitStage.ARRIVED, said_at=NOON + said * MINUTE)
    assert case.alert.visits[0].arrived_at == NOON + believed * MINUTE


def test_when_two_are_wanted_it_rings_until_the_second_goes() -> None:
    case = a_case(context=TWO)
    assert case.says(DAUGHTER).reason is Reason.ACCEPTED and case.alert.rings
    assert case.alert.due_for is DueFor.CALL
    assert case.says(CARER).reason is Reason.ACCEPTED
    assert case.alert.state is AlertState.ACKNOWLEDGED
    assert case.says(GUARD).reason is Reason.ANOTHER_GOES and len(case.alert.visits) == 2


def test_whoever_goes_already_is_not_called_again_for_the_second() -> None:
    case = a_case(context=TWO)
    case.says(DAUGHTER)
    for _ in range(4):
        case.later(minutes=3)
    assert case.calls(Purpose.HELP).count("daughter") == 1 and "guard" in case.calls(Purpose.HELP)
    spared = [line.by for line in case.store.log if line.change is AlertChangeKind.SUPPRESSED]
    assert set(spared) == {"daughter"}


def test_of_two_one_who_is_late_is_missed_and_the_other_goes_on() -> None:
    case = a_case(context=TWO)
    case.says(DAUGHTER)
    case.later(minutes=20)
    case.says(CARER)
    case.moves(CARER, VisitStage.ARRIVED)
    case.later(minutes=10)
    assert case.alert.rings and case.alert.goes == CARER.responder_id


def test_one_too_many_who_is_late_wakes_nobody() -> None:
    case = on_the_way()
    case.takes()
    case.sends(CARER)
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    (done,) = case.later(minutes=30)
    assert done.reason is Reason.NOT_ARRIVED and not case.alert.rings and case.alert.again == 0


def test_those_who_were_called_hear_that_another_goes() -> None:
    case = a_case()
    case.later(minutes=1)
    case.brought()
    case.says(CARER)
    assert case.calls(Purpose.TAKEN) == ["daughter"]
    assert AlertChangeKind.TOLD_TAKEN in case.lines()
    case.moves(CARER, VisitStage.ARRIVED)
    case.ends(OutcomeCode.FALL_LIFTED)
    assert case.calls(Purpose.TAKEN) == ["daughter"], "nobody is told twice of one call"


def test_a_call_that_was_not_brought_is_withdrawn_and_nobody_is_told_of_it() -> None:
    case = a_case()
    case.says(CARER)
    assert not case.calls(Purpose.TAKEN) and not case.store.queued()


def test_who_turns_back_at_the_door_says_so_by_leaving() -> None:
    case = on_the_way()
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    assert case.says(DAUGHTER, yes=False).reason is Reason.THERE_ALREADY


def test_one_of_two_who_turns_back_brings_the_next_at_once() -> None:
    case = a_case(context=TWO)
    case.says(DAUGHTER)
    case.says(DAUGHTER, yes=False)
    assert case.alert.rings and not case.alert.visits
    assert case.calls(Purpose.HELP) == ["daughter", "carer"]


def test_in_a_test_nobody_is_called_for_who_is_silent_in_the_home() -> None:
    case = a_case(test=True)
    case.says(DAUGHTER)
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    (done,) = case.later(minutes=60)
    assert done.reason is Reason.VISIT_OVERDUE and not case.store.outbox


def test_a_word_of_who_is_there_does_not_answer_a_ring_that_has_another_cause() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    case.says(DAUGHTER)
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    case.later(minutes=10)
    case.found(a_finding("worse", Hazard.STILLNESS, Severity.EMERGENCY))
    well = StillWell(alert_id=case.alert.alert_id, responder_id=DAUGHTER.responder_id)
    assert case.store.apply(well, case.now).reason is Reason.STILL_WELL and case.alert.rings


def test_what_rings_already_when_somebody_does_not_arrive_goes_on_with_the_next() -> None:
    case = a_case(context=TWO)
    case.says(DAUGHTER)
    case.store.due(NOON)
    case.now = NOON + 30 * MINUTE
    (done,) = case.store.due(case.now)
    assert done.reason is Reason.NOT_ARRIVED and case.alert.rings
    assert AlertChangeKind.NOT_ARRIVED in case.lines() and "carer" in case.calls(Purpose.HELP)


def test_somebody_who_said_no_twice_said_it_once() -> None:
    case = a_case()
    case.later(minutes=1)
    assert case.says(DAUGHTER, yes=False).reason is Reason.DECLINED, "she was not called last: nobody is hurried"
    assert case.calls(Purpose.HELP) == ["daughter", "carer"]
    assert case.says(DAUGHTER, yes=False).reason is Reason.SAID_BEFORE


def test_no_timer_of_a_visit_is_anybody_elses() -> None:
    case = a_case()
    timer = Timer(due_for=DueFor.CALL, at=NOON)
    assert ran_out(case.alert, timer, NOON, CONTEXT).reason is Reason.NOT_DUE


def test_of_an_alert_that_there_is_not_nobody_is_told_anything() -> None:
    nothing = Transition(reason=Reason.NO_SUCH_ALERT)
    assert told_taken(nothing, NOON, CONTEXT) == nothing
    assert told(nothing, [DAUGHTER], Purpose.HELP, "", NOON) == nothing


def test_two_who_are_late_at_once_are_both_missed() -> None:
    case = a_case(context=TWO)
    case.says(DAUGHTER)
    case.says(CARER)
    (done,) = case.later(minutes=30)
    assert done.reason is Reason.NOT_ARRIVED and case.alert.rings and not case.alert.timers
    missed = [line.by for line in case.store.log if line.change is AlertChangeKind.NOT_ARRIVED]
    assert missed == ["daughter", "carer"]
