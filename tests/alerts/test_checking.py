"""The home is asked whether all is well: what it says, what its silence means, and what is never asked."""

from datetime import timedelta

import pytest

from alerts.checking import ANSWER_WITHIN, answer_of
from alerts.events import DeliveryFailed, EscalateNow
from alerts.model import DueFor, Purpose
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from contracts import AlertChangeKind, AlertState, Finding, Hazard, Phase, Severity
from tests.alerts.building import MINUTE, NOON, a_finding
from tests.alerts.cases import ASKS, Case, a_case
from tests.alerts.dict_store import DictStore


def test_a_fall_is_asked_about_for_half_a_minute_before_anybody_is_called() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    assert case.alert.state is AlertState.CHECKING and case.alert.due_for is DueFor.CHECK
    assert case.calls(Purpose.CHECK) == ["resident"] and not case.calls(Purpose.HELP)
    assert not case.later(seconds=29)
    (done,) = case.later(seconds=1)
    assert done.reason is Reason.CHECK_UNANSWERED and case.alert.rings and case.calls(Purpose.HELP) == ["daughter"]
    assert case.alert.again == 0


@pytest.mark.parametrize("hazard", [Hazard.HELP, Hazard.FIRE, Hazard.GAS, Hazard.CARBON_MONOXIDE])
def test_a_button_smoke_gas_and_carbon_monoxide_ring_at_once(hazard: Hazard) -> None:
    assert hazard not in ANSWER_WITHIN
    case = a_case(hazard, context=ASKS)
    assert case.alert.rings and not case.calls(Purpose.CHECK)


def test_a_home_that_cannot_be_asked_is_not_waited_for() -> None:
    assert a_case(Hazard.FALL).alert.rings


@pytest.mark.parametrize(
    ("severity", "waits"),
    [(Severity.EMERGENCY, 1), (Severity.URGENT, 5), (Severity.CAUTION, 5)],
)
def test_stillness_waits_five_minutes_for_an_answer_and_an_emergency_one(severity: Severity, waits: int) -> None:
    case = a_case(Hazard.STILLNESS, severity, context=ASKS)
    assert case.alert.due_at == NOON + waits * MINUTE


def test_what_comes_late_is_already_over_or_unanswered_and_is_over_too_is_not_asked_about() -> None:
    for finding in (
        a_finding("fall", Hazard.FALL, late=True),
        a_finding("fall", Hazard.FALL, phase=Phase.ENDED),
        a_finding("check_unanswered", Hazard.STILLNESS, Severity.URGENT),
    ):
        case = Case(store=DictStore(context=ASKS))
        case.found(finding)
        assert case.alert.rings, finding.kind


def test_a_resident_who_says_that_all_is_well_ends_it() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT, context=ASKS)
    assert case.answers(well=True).reason is Reason.SAID_WELL
    assert case.alert.state is AlertState.RESOLVED and case.alert.due_at is None
    assert case.alert.outcome and case.alert.outcome.code is OutcomeCode.RESIDENT_WELL
    assert case.alert.outcome.resolved_by is ResolvedBy.RESIDENT
    assert not case.store.queued()
    again = a_finding(Hazard.STILLNESS, Hazard.STILLNESS, Severity.URGENT, Phase.HOLDS, told_at=NOON + MINUTE)
    assert case.found(again).reason is Reason.CLOSED_BEFORE


def test_a_resident_who_asks_for_help_makes_it_ring() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT, context=ASKS)
    assert case.answers(well=False).reason is Reason.SAID_HELP
    assert case.alert.rings and case.calls(Purpose.HELP) == ["daughter"] and case.alert.again == 0


def test_all_is_well_said_before_the_question_answers_nothing() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    assert case.answers(well=True, at=NOON - MINUTE).reason is Reason.SAID_BEFORE_ASKED
    assert case.alert.state is AlertState.CHECKING


def test_a_home_whose_clock_is_a_little_behind_may_answer_all_the_same() -> None:
    case = Case(store=DictStore(context=ASKS))
    case.now = NOON + MINUTE
    case.found(a_finding("fall", Hazard.FALL, since=NOON))
    assert case.answers(well=True, at=NOON + timedelta(seconds=10)).reason is Reason.SAID_WELL
    assert case.alert.state is AlertState.RESOLVED


def test_all_is_well_said_too_late_is_told_to_the_person_who_decides() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    case.later(seconds=30)
    assert case.answers(well=True).reason is Reason.SAID_WELL
    assert case.alert.rings and case.lines()[-1] is AlertChangeKind.CHECK_ANSWERED


def test_help_said_too_late_wakes_whoever_has_it_in_hand_once_a_minute() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    case.later(seconds=30)
    case.answers(well=False)
    case.takes()
    seen = case.alert.version
    assert case.answers(well=False).reason is Reason.SAID_HELP and case.alert.rings
    assert case.ends(OutcomeCode.REASSURANCE, version=seen).reason is Reason.RANG_SINCE_SEEN
    case.takes()
    case.answers(well=False)
    assert case.alert.state is AlertState.ACKNOWLEDGED


def test_a_fall_beside_another_sign_is_not_asked_about() -> None:
    case = Case(store=DictStore(context=ASKS))
    case.found(a_finding())
    case.found(a_finding("fall", Hazard.FALL))
    assert all(alert.rings for alert in case.store.alerts.values())


def test_a_fall_does_not_end_by_a_word_when_a_second_sign_came_meanwhile() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    case.found(a_finding())
    assert case.answers(well=True).reason is Reason.SECOND_SIGN and case.alert.rings


@pytest.mark.parametrize(
    "worse",
    [
        a_finding(Hazard.STILLNESS, Hazard.STILLNESS, Severity.EMERGENCY, Phase.HOLDS, told_at=NOON + MINUTE),
        a_finding("another", Hazard.STILLNESS, Severity.EMERGENCY),
    ],
)
def test_worse_evidence_while_the_home_is_asked_rings_at_once(worse: Finding) -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT, context=ASKS)
    case.found(worse)
    assert case.alert.rings and case.calls(Purpose.HELP) == ["daughter"]


def test_a_second_fall_while_the_home_is_asked_rings_at_once() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    case.found(a_finding("fall", Hazard.FALL, since=NOON + timedelta(seconds=10)))
    assert case.alert.rings


def test_a_question_that_cannot_be_brought_to_the_home_is_not_waited_for() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    (call,) = case.store.queued()
    failed = DeliveryFailed(alert_id=case.alert.alert_id, notification=call, attempt=1, why="no_line")
    assert case.store.apply(failed, NOON).reason is Reason.COULD_NOT_ASK
    assert case.alert.rings and case.calls(Purpose.HELP) == ["daughter"]


def test_an_operator_need_not_wait_for_the_answer() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    press = EscalateNow(alert_id=case.alert.alert_id, operator="kim", step_seen=0)
    assert case.store.apply(press, NOON).reason is Reason.CUT_SHORT and case.alert.rings


def test_what_nobody_asked_about_takes_no_answer() -> None:
    assert a_case().answers(well=True).reason is Reason.NOTHING_ASKED


@pytest.mark.parametrize(("said", "well"), [("fine", True), ("help", False)])
def test_what_a_home_says_is_brought_to_the_alerts_that_it_may_concern(said: str, well: bool) -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    word = a_finding("check_answered", Hazard.CHECK, Severity.NOTICE, since=NOON, values={"answer": said})
    event = answer_of(word, case.alert)
    assert event and event.well is well and event.at == NOON
    case.store.answer(word, NOON)
    assert (case.alert.state is AlertState.RESOLVED) is well


def test_a_word_that_is_none_or_is_said_in_a_test_answers_nothing() -> None:
    case = a_case(Hazard.FALL, context=ASKS)
    for word in (
        a_finding("check_answered", Hazard.CHECK, values={"answer": "none"}),
        a_finding("check_answered", Hazard.CHECK, values={"answer": "fine"}, test=True),
    ):
        assert answer_of(word, case.alert) is None
    assert answer_of(a_finding("check_answered", Hazard.CHECK, values={"answer": "fine"}), a_case().alert) is None


def test_an_answer_of_the_home_opens_no_case() -> None:
    case = Case(store=DictStore(context=ASKS))
    assert case.found(a_finding("check_answered", Hazard.CHECK)).reason is Reason.NOTHING_ASKED
    assert not case.store.alerts
