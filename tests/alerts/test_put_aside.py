"""A case is watched for a time, or another centre takes it; whichever way, it comes back by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.events import EscalateNow, HandOver, HandOverConfirmed, TakeBack, Watch
from alerts.model import DueFor, Purpose
from alerts.outcomes import OutcomeCode
from alerts.reasons import Reason
from alerts.transition import Transition
from contracts import AlertChangeKind, AlertState, Hazard, Phase, Severity
from homes.model import ResponderKind
from tests.alerts.building import CONTEXT, DAUGHTER, EVERYBODY, MINUTE, NOON, a_finding, a_responder
from tests.alerts.cases import Case, a_case

HALF_AN_HOUR = timedelta(minutes=30)
CENTRE = a_responder("night-centre", ResponderKind.RESPONDER_TEAM, "http://127.0.0.1:9/centre")


def a_caution() -> Case:
    return a_case(Hazard.STILLNESS, Severity.CAUTION)


def confirms(case: Case, centre: str = "night-centre") -> Transition:
    return case.store.apply(HandOverConfirmed(alert_id=case.alert.alert_id, centre=centre), case.now)


def takes_back(case: Case) -> Transition:
    return case.store.apply(TakeBack(alert_id=case.alert.alert_id, operator="lee"), case.now)


def test_an_operator_watches_until_a_time_and_then_it_rings() -> None:
    case = a_caution()
    assert case.watches(HALF_AN_HOUR, why="방문 중").reason is Reason.WATCHED
    assert case.alert.state is AlertState.WATCHING and case.alert.owner == "kim"
    assert case.store.log[-1].text == "방문 중"
    assert not case.later(minutes=29)
    (done,) = case.later(minutes=1)
    assert done.reason is Reason.WATCH_ENDED and case.alert.rings and case.alert.again == 1


def test_an_emergency_is_never_watched() -> None:
    case = a_case()
    assert case.watches(timedelta(minutes=1)).reason is Reason.NEVER_WATCHED and case.alert.rings


@pytest.mark.parametrize(
    ("severity", "span", "reason"),
    [
        (Severity.URGENT, timedelta(minutes=60), Reason.WATCHED),
        (Severity.URGENT, timedelta(minutes=61), Reason.TOO_LONG),
        (Severity.CAUTION, timedelta(hours=8), Reason.WATCHED),
        (Severity.CAUTION, timedelta(hours=8, seconds=1), Reason.TOO_LONG),
        (Severity.CAUTION, timedelta(0), Reason.TIME_PASSED),
    ],
)
def test_nothing_is_watched_for_ever(severity: Severity, span: timedelta, reason: Reason) -> None:
    assert a_case(Hazard.STILLNESS, severity).watches(span).reason is reason


def test_nothing_is_watched_without_a_reason_or_over_anothers_head() -> None:
    case = a_caution()
    assert case.watches(HALF_AN_HOUR, why=" ").reason is Reason.NOTHING_WRITTEN
    case.takes("lee")
    assert case.watches(HALF_AN_HOUR).reason is Reason.SOMEBODY_HAS_IT


def test_nothing_is_watched_that_rang_since_it_was_seen() -> None:
    case = a_caution()
    stale = Watch(alert_id=case.alert.alert_id, operator="kim", until=NOON + HALF_AN_HOUR, why="w", version=0)
    assert case.store.apply(stale, NOON).reason is Reason.RANG_SINCE_SEEN


def test_nobody_waits_while_somebody_goes() -> None:
    case = a_caution()
    case.says(DAUGHTER)
    assert case.watches(HALF_AN_HOUR).reason is Reason.ANOTHER_GOES


def test_what_gets_worse_while_it_is_watched_rings_at_once() -> None:
    case = a_caution()
    case.watches(HALF_AN_HOUR)
    case.found(a_finding("worse", Hazard.STILLNESS, Severity.EMERGENCY))
    assert case.alert.rings and case.alert.severity is Severity.EMERGENCY


def test_a_device_that_is_well_again_when_the_watch_ends_closes_by_itself() -> None:
    case = a_case(Hazard.SENSOR, Severity.DEVICE)
    case.watches(HALF_AN_HOUR)
    over = a_finding(Hazard.SENSOR, Hazard.SENSOR, Severity.DEVICE, Phase.ENDED, told_at=NOON + MINUTE)
    case.found(over)
    assert case.alert.state is AlertState.WATCHING and case.alert.restored_at
    (done,) = case.later(minutes=30)
    assert done.reason is Reason.CLOSED_BY_ITSELF and case.alert.closed_at


def test_whoever_watches_may_take_it_in_hand_before_and_so_may_a_colleague() -> None:
    case = a_caution()
    case.watches(HALF_AN_HOUR)
    assert case.takes("lee").reason is Reason.SOMEBODY_HAS_IT
    assert takes_back(case).reason is Reason.TAKEN_BACK
    assert case.alert.state is AlertState.ACKNOWLEDGED and case.alert.owner == "lee"
    assert takes_back(case).reason is Reason.NOTHING_TO_TAKE_BACK


def test_a_case_that_is_handed_over_and_not_confirmed_comes_back_after_a_minute() -> None:
    case = a_case()
    assert case.hands_over().reason is Reason.HANDED_OVER
    assert case.alert.state is AlertState.HANDED_OVER and case.alert.owner is None
    assert case.hands_over().reason is Reason.SAID_BEFORE
    (done,) = case.later(seconds=60)
    assert done.reason is Reason.HAND_OVER_UNCONFIRMED and case.alert.rings and case.alert.centre is None
    assert confirms(case).reason is Reason.NOT_HANDED_OVER


def test_another_centre_that_confirms_must_say_in_time_how_it_ended() -> None:
    case = a_case()
    case.hands_over()
    assert confirms(case, "another").reason is Reason.NOT_HANDED_OVER
    assert confirms(case).reason is Reason.HAND_OVER_CONFIRMED
    assert confirms(case).reason is Reason.SAID_BEFORE
    assert case.alert.due_for is DueFor.LEASE and case.alert.due_at == NOON + 60 * MINUTE
    (done,) = case.later(minutes=60)
    assert done.reason is Reason.NO_END_HEARD and case.alert.rings


def test_a_centre_that_stands_on_the_list_is_called() -> None:
    case = a_case(context=replace(CONTEXT, responders=(*EVERYBODY, CENTRE)))
    case.hands_over()
    assert case.calls(Purpose.HAND_OVER) == ["night-centre"]


def test_what_another_centre_has_is_not_acknowledged_but_taken_back() -> None:
    case = a_case()
    case.hands_over()
    assert case.takes().reason is Reason.ANOTHER_CENTRE_HAS_IT
    assert takes_back(case).reason is Reason.TAKEN_BACK and case.alert.owner == "lee" and case.alert.centre is None


def test_whoever_goes_while_another_centre_has_it_takes_nothing_from_it() -> None:
    case = a_case()
    case.hands_over()
    assert case.says(DAUGHTER).reason is Reason.ACCEPTED
    assert case.alert.state is AlertState.HANDED_OVER and case.alert.goes == DAUGHTER.responder_id
    confirms(case)
    (done,) = case.later(minutes=30)
    assert done.reason is Reason.NOT_ARRIVED and case.alert.state is AlertState.HANDED_OVER


@pytest.mark.parametrize("how", ["watched", "handed"])
def test_an_operator_may_have_people_called_at_once_although_it_was_put_aside(how: str) -> None:
    case = a_caution()
    ended = AlertChangeKind.WATCH_ENDED if how == "watched" else AlertChangeKind.TAKEN_BACK
    _ = case.watches(HALF_AN_HOUR) if how == "watched" else case.hands_over()
    press = EscalateNow(alert_id=case.alert.alert_id, operator="lee", step_seen=case.alert.step)
    assert case.store.apply(press, NOON).reason is Reason.CUT_SHORT
    assert case.alert.rings and ended in case.lines()


def test_what_cannot_be_handed_over() -> None:
    case = a_case()
    stale = HandOver(alert_id=case.alert.alert_id, operator="kim", centre="c", version=0)
    assert case.store.apply(stale, NOON).reason is Reason.RANG_SINCE_SEEN
    assert case.hands_over(" ").reason is Reason.NOBODY_NAMED
    case.takes("lee")
    assert case.hands_over().reason is Reason.SOMEBODY_HAS_IT
    assert a_case(test=True).hands_over().reason is Reason.CALLS_NOBODY


def test_a_case_that_another_centre_has_may_be_ended_here() -> None:
    case = a_case()
    case.hands_over()
    confirms(case)
    assert case.ends(OutcomeCode.PASSED_ON).reason is Reason.RESOLVED
