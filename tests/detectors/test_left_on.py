"""What was left open, on or running, and for how long it may be."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from contracts import Finding, Hazard, Hold, HoldKind, Phase, Reading, SensorId, Severity, WatchedHome, WatchPlan
from contracts.values import Contact, Motion, Power, Temperature, Value, WaterFlow
from detectors.state import HomeState
from tests.detectors.values import NOON, a_home, a_reading, a_sensor, heartbeats, live

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SENSORS = [
    a_sensor("door", "contact", "현관"),
    a_sensor("fridge", "contact", "kitchen"),
    a_sensor("motion-living", "motion", "living"),
    a_sensor("stove", "power", "kitchen"),
    a_sensor("tv", "power", "living"),
    a_sensor("meter", "water_flow", "bathroom"),
    a_sensor("outside", "temperature", "outdoor"),
]
KINDS = {"door_left_open", "stove_left_on", "appliance_left_on", "water_running"}
STOVES = WatchPlan(stoves=(SensorId("stove"),))


def home_with(holds: Sequence[Hold] = (), plan: WatchPlan = STOVES, without: Sequence[str] = ()) -> WatchedHome:
    return a_home(sensors=[one for one in SENSORS if one.sensor_id not in without], holds=holds, plan=plan)


def said(value: Value, sensor: str, minute: float, late_by: timedelta | None = None) -> Reading:
    return a_reading(value, at=NOON + MINUTE * minute, sensor=sensor, late_by=late_by)


def drawn(sensor: str, watts: float, first: int, last: int, every: int = 5) -> list[Reading]:
    return [said(Power(watts=watts), sensor, minute) for minute in range(first, last + 1, every)]


def told(home: WatchedHome, story: Sequence[Reading], until: datetime, state: HomeState | None = None) -> list[Finding]:
    heard = [one for one in story if one.observed_at <= until]
    words = sorted([*heard, *heartbeats(NOON, until)], key=lambda one: one.observed_at)
    findings = live(HomeState() if state is None else state, home, words)
    return [finding for finding in findings if finding.kind in KINDS]


def test_a_door_is_left_open_when_its_time_is_reached_and_a_shut_one_ends_it() -> None:
    story = [said(Contact(open=False), "door", 0), said(Contact(open=True), "door", 10)]
    assert not told(home_with(), story, NOON + 24 * MINUTE)
    findings = told(home_with(), [*story, said(Contact(open=False), "door", 30)], NOON + 40 * MINUTE)
    assert (findings[0].told_at, findings[0].severity) == (NOON + 25 * MINUTE, Severity.NOTICE)
    assert findings[0].evidence.sentence.ko == "문이 15분 동안 열려 있음 · 한계 15분 · 현관 · 집에 있을 확률 4 %"
    assert findings[-1].phase is Phase.ENDED and findings[-1].told_at == NOON + 30 * MINUTE


def test_a_door_that_says_again_that_it_is_open_does_not_open_again() -> None:
    story = [said(Contact(open=True), "door", minute) for minute in range(0, 15, 2)]
    assert told(home_with(), story, NOON + 15 * MINUTE)[0].since == NOON


def test_a_fridge_is_no_door_to_the_outside() -> None:
    assert not told(home_with(), [said(Contact(open=True), "fridge", 0)], NOON + 2 * HOUR)


def test_a_door_is_left_open_sooner_while_it_freezes_outside() -> None:
    story = [said(Temperature(celsius=-4.0), "outside", 0), said(Contact(open=True), "door", 1)]
    assert not told(home_with(), story, NOON + 5 * MINUTE)
    (finding,) = told(home_with(), story, NOON + 6 * MINUTE)
    assert "바깥 영하" in finding.evidence.sentence.ko and finding.evidence.limit == 300.0


def test_a_late_word_of_a_door_neither_opens_it_nor_ends_what_was_told() -> None:
    assert not told(home_with(), [said(Contact(open=True), "door", 0, late_by=HOUR)], NOON + 2 * HOUR)
    shut = said(Contact(open=False), "door", 5, late_by=6 * MINUTE)
    assert not told(home_with(), [said(Contact(open=True), "door", 0), shut], NOON + HOUR)
    state = HomeState()
    assert told(home_with(), [said(Contact(open=True), "door", 0)], NOON + 15 * MINUTE, state)
    findings = live(state, home_with(), [said(Contact(open=False), "door", 15, late_by=HOUR)])
    assert all(finding.phase is not Phase.ENDED for finding in findings if finding.kind in KINDS)


def test_an_open_door_is_told_of_an_empty_home_and_not_during_a_visit() -> None:
    story = [said(Contact(open=True), "door", 0)]
    away, visitor = (
        Hold(kind=kind, from_at=NOON, until_at=NOON + 5 * HOUR) for kind in (HoldKind.AWAY, HoldKind.VISITOR)
    )
    assert told(home_with([away]), story, NOON + HOUR)
    assert not told(home_with([visitor]), story, NOON + HOUR)


def test_a_stove_is_on_with_nobody_near_for_half_an_hour() -> None:
    story = [
        *drawn("stove", 2.0, 0, 9),
        said(Motion(active=True), "motion-living", 9),
        *drawn("stove", 1800.0, 10, 200),
    ]
    assert not told(home_with(), story, NOON + 39 * MINUTE)
    findings = told(home_with(), story, NOON + 130 * MINUTE)
    first, last = findings[0], findings[-1]
    assert (first.told_at, first.severity, first.hazard) == (NOON + 40 * MINUTE, Severity.CAUTION, Hazard.APPLIANCE)
    assert first.evidence.sentence.ko == "조리기구 1800 W, 30분 켜짐 · 30분 동안 인기척 없음 · 한계 30분 · kitchen"
    assert last.severity is Severity.URGENT and last.evidence.limit == 7200.0


def test_whoever_is_near_may_cook_and_not_for_more_than_two_hours() -> None:
    near = [said(Motion(active=True), "motion-living", minute) for minute in range(0, 300, 10)]
    story = [*drawn("stove", 2.0, 0, 9), *drawn("stove", 900.0, 10, 140), *near]
    assert not told(home_with(), story, NOON + 129 * MINUTE)
    (finding,) = told(home_with(), story, NOON + 130 * MINUTE)
    assert finding.severity is Severity.CAUTION and finding.evidence.limit == 7200.0


def test_a_stove_that_is_switched_off_or_found_again_is_over() -> None:
    on = [*drawn("stove", 2.0, 0, 9), *drawn("stove", 900.0, 10, 60)]
    for end in (said(Power(watts=1.0), "stove", 50), said(Motion(active=True), "motion-living", 50)):
        findings = told(home_with(), [*(one for one in on if one.observed_at < NOON + 50 * MINUTE), end], NOON + HOUR)
        assert findings[-1].phase is Phase.ENDED


def test_which_plug_feeds_a_stove_the_plan_says() -> None:
    story = [*drawn("stove", 2.0, 0, 9), *drawn("stove", 1800.0, 10, 200)]
    assert not told(home_with(plan=WatchPlan()), story, NOON + 3 * HOUR)


def test_a_home_that_notices_nobody_knows_only_the_longest_cooking() -> None:
    blind = home_with(without=["door", "fridge", "motion-living", "meter"])
    story = [*drawn("stove", 2.0, 0, 9), *drawn("stove", 1800.0, 10, 200)]
    assert told(blind, story, NOON + 3 * HOUR)[0].told_at == NOON + 130 * MINUTE


def test_a_stove_is_told_of_an_empty_home_and_a_silent_plug_is_no_stove() -> None:
    away = Hold(kind=HoldKind.AWAY, from_at=NOON, until_at=NOON + 9 * HOUR)
    story = [*drawn("stove", 2.0, 0, 9), *drawn("stove", 1800.0, 10, 100)]
    assert told(home_with([away]), story, NOON + 2 * HOUR)
    assert told(home_with(), story, NOON + 5 * HOUR)[-1].phase is Phase.ENDED


def test_a_television_plays_for_six_hours_to_nobody() -> None:
    story = [*drawn("tv", 0.5, 0, 55), said(Motion(active=True), "motion-living", 60), *drawn("tv", 90.0, 60, 440)]
    assert not told(home_with(), story, NOON + 6.9 * HOUR)
    finding = told(home_with(), story, NOON + 7.1 * HOUR)[0]
    assert (finding.told_at, finding.hazard, finding.severity) == (NOON + 7 * HOUR, Hazard.STILLNESS, Severity.CAUTION)
    assert finding.evidence.sentence.ko == "90 W 켜진 채 6시간 동안 인기척 없음 · 한계 6시간 · living"
    assert finding.evidence.baseline and "0시간" in finding.evidence.baseline.ko


def test_a_television_that_played_once_while_somebody_lay_there_teaches_nothing() -> None:
    day = 24 * 60
    story = [*drawn("tv", 0.5, 0, 55), said(Motion(active=True), "motion-living", 60), *drawn("tv", 90.0, 60, 720, 15)]
    story += [*drawn("tv", 0.5, 730, day), said(Motion(active=True), "motion-living", day)]
    story += drawn("tv", 90.0, day + 10, day + 800, 15)
    begun = [each.told_at for each in told(home_with(), story, NOON + 38 * HOUR) if each.phase is Phase.BEGAN]
    assert [at - NOON for at in begun] == [7 * HOUR, pytest.approx(timedelta(hours=34), abs=timedelta(minutes=16))]


def test_a_television_that_plays_through_every_night_is_left_alone() -> None:
    day = 24 * 60
    story = [one for night in range(3) for one in drawn("tv", 0.5, night * day, night * day + 600, 30)]
    story += [one for night in range(3) for one in drawn("tv", 90.0, night * day + 610, (night + 1) * day - 30, 30)]
    story += [said(Motion(active=True), "motion-living", night * day + 610) for night in range(3)]
    kinds = {finding.since: finding for finding in told(home_with(), story, NOON + 3 * day * MINUTE)}
    assert len(kinds) == 2  # once is no habit: what is longer than a night must have been so twice


def test_a_device_that_never_idled_is_never_on() -> None:
    assert not told(home_with(), drawn("tv", 45.0, 0, 1400, 10), NOON + 24 * HOUR)


def test_water_that_runs_for_two_hours_is_told_and_a_pause_ends_it() -> None:
    story = [said(WaterFlow(litres_per_minute=3.0), "meter", minute) for minute in range(0, 241, 5)]
    assert not told(home_with(), story, NOON + 119 * MINUTE)
    pause = said(WaterFlow(litres_per_minute=0.0), "meter", 130.5)
    findings = told(home_with(), [*story[:27], pause], NOON + 140 * MINUTE)
    assert (findings[0].told_at, findings[0].hazard) == (NOON + 2 * HOUR, Hazard.WATER)
    assert findings[0].evidence.sentence.ko.startswith("물이 2시간 동안 쉬지 않고 흐름 (분당 3.0 L)")
    assert findings[-1].phase is Phase.ENDED
    stopping = [said(WaterFlow(litres_per_minute=0.0), "meter", 60.5)]
    assert not told(home_with(), [*story, *stopping], NOON + 2.9 * HOUR)


@pytest.mark.parametrize("sensor", ["tv", "stove"])
def test_one_word_of_a_plug_is_no_hour(sensor: str) -> None:
    story = [*drawn(sensor, 1.0, 0, 100), said(Power(watts=2000.0), sensor, 101), *drawn(sensor, 1.0, 102, 600)]
    assert not told(home_with(), story, NOON + 10 * HOUR)
