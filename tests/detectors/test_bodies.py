"""Heart, breath, answers and doses: what a resident's body and voice say, or do not say."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts import (
    Finding,
    Hazard,
    Hold,
    HoldKind,
    Made,
    Phase,
    Reading,
    SensorId,
    Severity,
    Value,
    WatchedHome,
    WatchPlan,
)
from contracts.values import CheckAnswer, Medication, Motion, Presence, SelfTest, VitalSigns, Voice
from detectors.detector_expired import ends_at
from detectors.state import HomeState
from tests.detectors.values import NOON, a_home, a_reading, a_sensor, heartbeats, live

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SENSORS = (
    a_sensor("radar", "vital_signs", "bedroom"),
    a_sensor("radar-presence", "presence", "bedroom"),
    a_sensor("motion-living", "motion", "living"),
    a_sensor("speaker", "voice", "living"),
    a_sensor("dispenser", "medication", "kitchen"),
    a_sensor("smoke", "smoke", "kitchen"),
    a_sensor("button", "help_button", "bedroom"),
)
KINDS = {"vital_signs", "check_unanswered", "medication_missed", "detector_expired", "self_test_failed"}
HOME = a_home(sensors=SENSORS)


def said(value: Value, sensor: str, minute: float, late_by: timedelta | None = None) -> Reading:
    return a_reading(value, at=NOON + MINUTE * minute, sensor=sensor, late_by=late_by)


def told(
    story: Sequence[Reading], until: float, home: WatchedHome = HOME, state: HomeState | None = None
) -> list[Finding]:
    end = NOON + MINUTE * until
    heard = [one for one in story if one.observed_at <= end]
    words = sorted([*heard, *heartbeats(NOON, end)], key=lambda one: one.observed_at)
    return [one for one in live(HomeState() if state is None else state, home, words) if one.kind in KINDS]


def pulse(heart: float, first: int, last: int) -> list[Reading]:
    return [said(VitalSigns(heart_per_minute=heart), "radar", minute) for minute in range(first, last + 1)]


@pytest.mark.parametrize("heart", [39.0, 131.0])
def test_a_heart_outside_its_band_for_ten_minutes_while_nobody_moves_is_told(heart: float) -> None:
    story = [*pulse(70.0, 0, 4), *pulse(heart, 5, 20)]
    assert not told(story, 14)
    findings = told([*story, *pulse(70.0, 21, 25)], 25)
    assert (findings[0].told_at, findings[0].severity) == (NOON + 15 * MINUTE, Severity.CAUTION)
    assert findings[0].evidence.sentence.ko == (
        f"심박 분당 {heart:.0f}회 · 범위 40~130 벗어남 10분 · 그동안 움직임 없음 · 한계 10분 · bedroom"
    )
    assert findings[-1].phase is Phase.ENDED


def test_a_breath_is_judged_by_its_own_band() -> None:
    story = [said(VitalSigns(breath_per_minute=31.0), "radar", minute) for minute in range(11)]
    assert told(story, 10)[0].evidence.values["breath_per_minute"] == 31.0


def test_whoever_moves_has_a_fast_heart_and_a_radar_that_sees_somebody_is_no_movement() -> None:
    story = [*pulse(70.0, 0, 4), *pulse(140.0, 5, 16)]
    assert not told([*story, said(Motion(active=True), "motion-living", 9)], 16)
    seen = [said(Presence(present=True), "radar-presence", minute) for minute in range(17)]
    assert told([*story, *seen], 16)


def test_nobody_in_bed_has_no_heart_and_one_noisy_word_is_none() -> None:
    assert not told(pulse(0.0, 0, 60), 60)
    assert not told([*pulse(70.0, 0, 10), *pulse(200.0, 11, 11), *pulse(70.0, 12, 40)], 40)


def test_a_resident_has_a_band_of_their_own_after_three_days() -> None:
    usual = [said(VitalSigns(heart_per_minute=50.0 + hour % 7), "radar", hour * 60) for hour in range(80)]
    begins = 80 * 60
    slow = [said(VitalSigns(heart_per_minute=41.0), "radar", begins + minute) for minute in range(12)]
    first = told([*usual, *slow], begins + 12)[0]
    assert first.evidence.values["lowest_per_minute"] == 42.0
    assert first.evidence.baseline and first.evidence.baseline.ko == "범위 분당 42~64회"


def unanswered(*minutes: int, late_by: timedelta | None = None) -> list[Reading]:
    return [said(Voice(answer=CheckAnswer.NONE), "speaker", minute, late_by) for minute in minutes]


def test_two_four_and_seven_unanswered_checks_grow_worse() -> None:
    assert not told(unanswered(0), 20)
    findings = told(unanswered(0, 30, 40, 50, 60, 70, 80), 90)
    severities = list(dict.fromkeys(finding.severity for finding in findings))
    assert severities == [Severity.NOTICE, Severity.CAUTION, Severity.URGENT]
    assert {finding.hazard for finding in findings} == {Hazard.STILLNESS}
    assert (
        findings[0].evidence.sentence.ko == "안부 확인 2회 무응답 (30분 동안) · 한계 2회 · 그 뒤 인기척 없음 · living"
    )
    assert len({finding.finding_id for finding in findings}) == 1


@pytest.mark.parametrize(
    ("value", "sensor"), [(Voice(answer=CheckAnswer.FINE), "speaker"), (Motion(active=True), "motion-living")]
)
def test_an_answer_or_somebody_who_moves_ends_it_and_a_late_one_does_not(value: Value, sensor: str) -> None:
    state = HomeState()
    assert told(unanswered(0, 30), 31, state=state)
    late = live(state, HOME, [said(value, sensor, 31, late_by=HOUR)])
    assert all(one.phase is not Phase.ENDED for one in late if one.kind in KINDS)
    (ended,) = [one for one in live(state, HOME, [said(value, sensor, 32)]) if one.kind in KINDS]
    assert ended.phase is Phase.ENDED
    assert not told([*unanswered(0), said(value, sensor, 10), *unanswered(30)], 60)


def test_checks_of_another_day_and_late_ones_are_no_row() -> None:
    assert not told(unanswered(0, 24 * 60), 24 * 60 + 5)
    assert not told(unanswered(0, 30, late_by=HOUR), 60)
    assert told(unanswered(0, 30), 31 + 24 * 60)[-1].phase is Phase.ENDED


def test_a_dose_that_is_left_for_an_hour_is_told_and_one_that_is_taken_ends_it() -> None:
    left = said(Medication(taken=False), "dispenser", 0)
    assert not told([left], 59)
    findings = told([left, said(Medication(taken=True), "dispenser", 90)], 95)
    assert (findings[0].told_at, findings[0].severity) == (NOON + HOUR, Severity.NOTICE)
    assert findings[0].evidence.sentence.ko == "복약 안 함 1시간 · 24시간에 1회 · 한계 1시간 또는 2회 · kitchen"
    assert findings[-1].phase is Phase.ENDED and findings[-1].told_at == NOON + 90 * MINUTE
    assert not told([left, said(Medication(taken=True), "dispenser", 30, late_by=HOUR)], 80)


def test_a_second_dose_within_a_day_is_told_at_once() -> None:
    story = [
        said(Medication(taken=taken), "dispenser", minute) for taken, minute in ((False, 0), (True, 30), (False, 600))
    ]
    (finding,) = told(story, 600)
    assert finding.evidence.values["doses"] == 2.0
    hospital = Hold(kind=HoldKind.HOSPITAL, from_at=NOON, until_at=NOON + 24 * HOUR)
    assert not told(story, 900, a_home(sensors=SENSORS, holds=[hospital]))


def test_a_detector_is_past_its_life_when_the_day_begins_in_its_home() -> None:
    made = tuple(
        Made(sensor_id=SensorId(key), day=day)
        for key, day in (("smoke", date(2016, 11, 23)), ("button", date(2020, 2, 29)))
    )
    home = a_home(sensors=SENSORS, plan=WatchPlan(made=made))
    assert ends_at(home, made[0]) == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert ends_at(home, made[1]) == datetime(2025, 2, 28, 15, tzinfo=UTC)
    (button, *_) = told([], 179, home)
    assert (button.severity, button.hazard) == (Severity.DEVICE, Hazard.SENSOR)
    assert button.evidence.sentence.ko == "교체 시기 지남: 제조 2020-02-29 · 수명 5년 · bedroom"
    assert {one.evidence.sensor_id for one in told([], 179, home)} == {"button"}
    assert {one.evidence.sensor_id for one in told([], 180, home)} == {"button", "smoke"}
    assert not told([], 10, HOME)


def test_a_device_whose_own_test_failed_is_told_until_it_passes_one() -> None:
    home = a_home(sensors=[a_sensor("smoke-kitchen", "smoke", "kitchen")])
    failed, again, passed = (
        a_reading(SelfTest(passed=well), at=NOON + HOUR * hour, sensor="smoke-kitchen")
        for hour, well in ((1, False), (25, False), (26, True))
    )
    findings = [each for each in live(HomeState(), home, [failed, again, passed]) if each.kind == "self_test_failed"]
    assert [(each.phase, each.since) for each in findings] == [
        (Phase.BEGAN, NOON + HOUR),
        (Phase.HOLDS, NOON + HOUR),
        (Phase.ENDED, NOON + HOUR),
    ]
    assert findings[0].severity is Severity.DEVICE
    assert findings[1].evidence.values["failed_tests"] == 2


def test_a_test_that_failed_long_ago_and_a_late_pass_change_nothing_of_now() -> None:
    home = a_home(sensors=[a_sensor("smoke-kitchen", "smoke", "kitchen")])
    late = a_reading(SelfTest(passed=False), at=NOON, sensor="smoke-kitchen", late_by=HOUR)
    assert not [each for each in live(HomeState(), home, [late]) if each.kind == "self_test_failed"]
    failed = a_reading(SelfTest(passed=False), at=NOON + 2 * HOUR, sensor="smoke-kitchen")
    passed = a_reading(SelfTest(passed=True), at=NOON + HOUR, sensor="smoke-kitchen", late_by=2 * HOUR)
    told = [each for each in live(HomeState(), home, [failed, passed]) if each.kind == "self_test_failed"]
    assert [each.phase for each in told] == [Phase.BEGAN]
