"""What movement says of a cry, a fall or a fire: in words, and no severity falls by them."""

from datetime import timedelta

import pytest

from contracts import Reading, Severity, Value
from contracts.values import Contact, Fall, Heat, HelpButton, Motion, Smoke
from detectors import fall, heat, help_button, smoke
from detectors.gate import Detector
from detectors.remember import remember
from detectors.settle import settle
from detectors.state import HomeState
from tests.detectors.values import NOON, a_home, a_reading, a_sensor, heartbeats

MINUTE = timedelta(minutes=1)
HOME = a_home(
    sensors=[
        a_sensor("living", "motion", "거실"),
        a_sensor("door", "contact", "현관"),
        a_sensor("radar", "fall"),
        a_sensor("button", "help_button"),
        a_sensor("smoke", "smoke"),
    ]
)


def said(detector: Detector, *story: Reading, after: timedelta) -> tuple[str, str, Severity]:
    state = HomeState()
    settle(state, HOME)
    for reading in [*heartbeats(NOON - 60 * MINUTE, NOON + after), *story]:
        remember(state, reading)
    (concern,) = detector.judge(state, HOME, NOON + after)
    return concern.evidence.sentence.ko, concern.evidence.sentence.en, concern.severity


def at(minutes: float, value: Value, sensor: str) -> Reading:
    return a_reading(value, at=NOON + minutes * MINUTE, sensor=sensor)


def moved(minutes: float) -> Reading:
    return at(minutes, Motion(active=True), "living")


def test_whoever_walks_after_a_fall_may_be_up_and_is_asked_all_the_same() -> None:
    ko, _, severity = said(fall, moved(-5), at(0, Fall(), "radar"), moved(3), after=4 * MINUTE)
    assert ko == "낙상 감지 · 낙상 뒤 움직임 있음: 일어났을 수 있음, 확인 필요"
    assert severity is Severity.EMERGENCY


def test_the_fall_itself_is_no_movement_after_it_and_silence_is_said() -> None:
    ko, en, _ = said(fall, moved(-5), at(0, Fall(), "radar"), moved(0.5), after=4 * MINUTE)
    assert ko == "낙상 감지 · 낙상 뒤 4분 동안 움직임 없음"
    assert en == "fall seen · no movement for 4 min after the fall"


def test_a_press_says_whether_anybody_moved_after_it() -> None:
    press = at(0, HelpButton(), "button")
    assert (
        said(help_button, moved(-5), press, after=3 * MINUTE)[0] == "도움 요청 버튼 누름 · 누른 뒤 3분 동안 움직임 없음"
    )
    assert said(help_button, press, moved(1), after=3 * MINUTE)[0] == "도움 요청 버튼 누름 · 누른 뒤 움직임 있음"
    assert said(help_button, moved(-5), press, after=MINUTE)[0] == "도움 요청 버튼 누름"


@pytest.mark.parametrize(("detector", "value"), [(smoke, Smoke(active=True)), (heat, Heat(active=True))])
def test_a_fire_says_whether_somebody_is_inside(detector: Detector, value: Value) -> None:
    fire = at(0, value, "smoke")
    assert "집 안에 사람 있음: 2분 전 움직임" in said(detector, moved(-2), fire, after=timedelta())[0]
    assert "사람이 있을 수 있음" in said(detector, moved(-40), fire, after=timedelta())[0]
    gone = said(detector, moved(-50), at(-45, Contact(open=True), "door"), fire, after=timedelta())
    assert "외출 중으로 보임" in gone[0]
    assert gone[2] is Severity.EMERGENCY


def test_a_home_without_eyes_says_nothing_of_movement() -> None:
    bare = a_home(sensors=[a_sensor("smoke", "smoke")])
    state = HomeState()
    settle(state, bare)
    for reading in (at(0, Smoke(active=True), "smoke"), at(0, Fall(), "radar"), *heartbeats(NOON, NOON + 5 * MINUTE)):
        remember(state, reading)
    for detector, ko in ((smoke, "연기 감지기 경보"), (fall, "낙상 감지")):
        (concern,) = detector.judge(state, bare, NOON + 5 * MINUTE)
        assert concern.evidence.sentence.ko == ko
