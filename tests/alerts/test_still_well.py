"""Whoever is alone in a home is asked after; while they say that they are well, nobody is sent after them."""

from datetime import datetime, timedelta

from alerts.events import Answered, Due, Event, Moved, StillWell
from alerts.in_hand import ALONE
from alerts.machine import advance
from alerts.model import Alert, DueFor, VisitStage
from alerts.reasons import Reason
from alerts.transition import Transition
from contracts import AlertState
from tests.alerts.building import CARER, CONTEXT, DAUGHTER, MINUTE, NOON, an_alert

WHO = CARER.responder_id


def step(alert: Alert | None, event: Event, now: datetime) -> Transition:
    return advance(alert, event, now, CONTEXT)


def inside(stage: VisitStage = VisitStage.ENTERED) -> Alert:
    alert = an_alert()
    went = step(alert, Answered(alert_id=alert.alert_id, responder_id=WHO, accepted=True), NOON).alert
    there = step(went, Moved(alert_id=alert.alert_id, responder_id=WHO, stage=stage), NOON).alert
    assert there is not None
    return there


def well(alert: Alert, now: datetime) -> Transition:
    return step(alert, StillWell(alert_id=alert.alert_id, responder_id=WHO), now)


def visit_ends(alert: Alert) -> datetime:
    timers = [timer.at for timer in alert.timers if timer.due_for is DueFor.VISIT]
    return timers[0] if timers else alert.due_at or NOON


def test_whoever_says_that_they_are_well_is_given_the_time_anew() -> None:
    for stage in (VisitStage.ARRIVED, VisitStage.ENTERED):
        alert = inside(stage)
        assert visit_ends(alert) == NOON + ALONE
        said = well(alert, NOON + 50 * MINUTE)
        assert said.reason is Reason.STILL_WELL and said.alert is not None
        assert visit_ends(said.alert) == NOON + 50 * MINUTE + ALONE
        assert said.alert.state is AlertState.ACKNOWLEDGED


def test_a_word_from_the_home_answers_the_ring_that_their_silence_caused() -> None:
    alert = inside()
    assert alert.due_at is not None
    late = alert.due_at
    rang = step(alert, Due(alert_id=alert.alert_id), late)
    assert rang.reason is Reason.VISIT_OVERDUE and rang.alert is not None and rang.alert.rings
    said = well(rang.alert, late + MINUTE)
    assert said.alert is not None and said.alert.state is AlertState.ACKNOWLEDGED and said.withdraws
    assert visit_ends(said.alert) == late + MINUTE + ALONE


def test_a_button_pressed_twice_is_pressed_once() -> None:
    once = well(inside(), NOON + 10 * MINUTE).alert
    assert once is not None
    twice = well(once, NOON + 10 * MINUTE + timedelta(seconds=3))
    assert twice.reason is Reason.SAID_BEFORE and not twice.lines


def test_a_word_said_under_a_clock_that_was_ahead_silences_none_that_comes_after_it() -> None:
    ahead = well(inside(), NOON + 20 * MINUTE).alert
    assert ahead is not None
    now = NOON + 12 * MINUTE
    again = well(ahead, now)
    assert again.reason is Reason.STILL_WELL and again.alert is not None
    assert visit_ends(again.alert) == now + ALONE


def test_whoever_goes_in_after_the_clock_went_back_is_watched_from_now() -> None:
    arrived = inside(VisitStage.ARRIVED)
    now = NOON - 10 * MINUTE
    went_in = step(arrived, Moved(alert_id=arrived.alert_id, responder_id=WHO, stage=VisitStage.ENTERED), now)
    assert went_in.alert is not None and visit_ends(went_in.alert) == now + ALONE


def test_only_whoever_is_there_says_so() -> None:
    alert = an_alert()
    assert well(alert, NOON).reason is Reason.NOT_ON_THE_WAY
    away = step(alert, Answered(alert_id=alert.alert_id, responder_id=WHO, accepted=True), NOON).alert
    assert away is not None and well(away, NOON + MINUTE).reason is Reason.WRONG_WAY
    other = StillWell(alert_id=alert.alert_id, responder_id=DAUGHTER.responder_id)
    assert step(inside(), other, NOON + MINUTE).reason is Reason.NOT_ON_THE_WAY
