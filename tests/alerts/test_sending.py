"""An operator sends somebody: they are called, awaited like those who said yes, and nobody is sent twice."""

from dataclasses import replace

from alerts.model import VisitStage
from alerts.reasons import Reason
from contracts import AlertChangeKind, AlertStage
from tests.alerts.building import BOSS, CARER, CONTEXT, DAUGHTER, GUARD
from tests.alerts.cases import Case, a_case


def on_the_way() -> Case:
    case = a_case()
    case.says(DAUGHTER)
    return case


def test_somebody_who_is_not_consenting_or_unknown_is_not_sent() -> None:
    case = a_case()
    assert case.sends(replace(GUARD, responder_id=BOSS.responder_id)).reason is Reason.DISPATCHED
    no = replace(CARER, consented=False)
    case.store.context = replace(CONTEXT, responders=(DAUGHTER, no))
    assert case.sends(CARER).reason is Reason.NOT_ON_THE_LIST
    assert case.sends(GUARD).reason is Reason.NOT_ON_THE_LIST


def test_whom_an_operator_sends_is_called_and_their_way_is_watched() -> None:
    case = a_case()
    seen = case.alert.version
    assert case.sends(GUARD, version=seen).reason is Reason.DISPATCHED
    assert case.alert.owner == "kim" and case.alert.stage is AlertStage.DISPATCHED and case.alert.goes is None
    (call,) = case.store.queued()
    assert call.insisted and call.responder_id == GUARD.responder_id
    assert case.sends(GUARD, version=seen).reason is Reason.SAID_BEFORE
    assert case.says(GUARD).reason is Reason.ACCEPTED and case.alert.goes == GUARD.responder_id


def test_whom_an_operator_sends_beside_another_may_say_yes() -> None:
    case = on_the_way()
    case.sends(GUARD)
    assert case.says(GUARD).reason is Reason.ACCEPTED and len(case.alert.visits) == 2


def test_whoever_was_sent_and_never_comes_makes_it_ring() -> None:
    case = a_case()
    case.sends(GUARD)
    for _ in range(2):
        case.later(minutes=9)
        case.takes()
    case.later(minutes=12)
    assert case.alert.rings and AlertChangeKind.NOT_ARRIVED in case.lines()


def test_a_stale_button_sends_nobody_and_a_colleague_keeps_what_is_theirs() -> None:
    case = a_case()
    assert case.sends(GUARD, version=0).reason is Reason.RANG_SINCE_SEEN
    case.takes("lee")
    assert case.sends(GUARD).reason is Reason.SOMEBODY_HAS_IT
    assert a_case(test=True).sends(GUARD).reason is Reason.CALLS_NOBODY


def test_of_119_the_operator_says_how_far_they_are() -> None:
    case = a_case()
    case.sends(GUARD)
    assert case.moves(GUARD, VisitStage.ARRIVED).reason is Reason.MOVED
    assert case.alert.stage is AlertStage.ARRIVED and case.alert.goes == GUARD.responder_id
