"""Stillness is a resident who does not move while we look; not a silence of ours, the gateway's or a sensor's."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Finding, Hold, HoldKind, Phase, Severity, WatchedHome
from contracts.values import DeviceStatus, Motion, Occupancy
from detectors.inactivity import judge
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import watch
from tests.detectors.values import (
    NOON,
    a_heartbeat,
    a_home,
    a_reading,
    a_sensor,
    a_state,
    heartbeats,
    live,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def after(still_for: timedelta, home: WatchedHome | None = None) -> tuple[HomeState, WatchedHome, datetime]:
    state = a_state(a_reading(at=NOON), *heartbeats(NOON, NOON + still_for))
    return state, home or a_home(sensors=[a_sensor()]), NOON + still_for


def told_in(findings: list[Finding]) -> list[tuple[str, Phase, Severity]]:
    return [(finding.kind, finding.phase, finding.severity) for finding in of_stillness(findings)]


def of_stillness(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.kind == "inactivity"]


@pytest.mark.parametrize(
    ("hours", "severity"), [(8, Severity.CAUTION), (12, Severity.URGENT), (24, Severity.EMERGENCY)]
)
def test_a_limit_is_reached_when_the_time_equals_it(hours: int, severity: Severity) -> None:
    (concern,) = judge(*after(HOUR * hours))
    assert concern.severity == severity
    assert concern.evidence.limit == hours * 3600
    assert concern.evidence.values["still_seconds"] == hours * 3600


def test_a_minute_before_the_limit_nothing_is_wrong() -> None:
    assert not judge(*after(8 * HOUR - MINUTE))


def test_the_evidence_says_it_in_both_languages() -> None:
    (concern,) = judge(*after(8 * HOUR + 10 * MINUTE))
    assert concern.evidence.sentence.ko == "8시간 10분 동안 움직임 없음 · 한계 8시간 · 관찰된 시간만 셈"
    assert concern.evidence.sentence.en == "no movement for 8 h 10 min · limit 8 h · observed time only"


def test_a_silent_line_is_not_a_still_home() -> None:
    state, home = a_state(a_reading(at=NOON)), a_home(sensors=[a_sensor()])
    assert not judge(state, home, NOON + 9 * HOUR)


@given(st.integers(1, 70 * 60))
@settings(max_examples=30)
def test_our_outage_of_any_length_raises_nothing(minutes: int) -> None:
    home = a_home(sensors=[a_sensor()])
    state = a_state(a_reading(at=NOON))
    back = NOON + MINUTE * minutes
    findings = live(state, home, [a_heartbeat(back + MINUTE * turn) for turn in range(30)])
    assert not findings


def test_a_backlog_with_ordinary_life_raises_nothing() -> None:
    home, state = a_home(sensors=[a_sensor()]), HomeState()
    outage = timedelta(hours=20)
    backlog = [
        a_reading(at=NOON + MINUTE * turn, late_by=outage - MINUTE * turn, mark=str(turn))
        if turn % 240 == 0
        else a_reading(DeviceStatus(online=True), at=NOON + MINUTE * turn, late_by=outage - MINUTE * turn)
        for turn in range(0, 1200, 5)
    ]
    assert not live(state, home, [*backlog, *heartbeats(NOON + outage, NOON + outage + HOUR)])


def test_the_time_of_an_outage_is_named_and_left_out() -> None:
    home = a_home(sensors=[a_sensor()])
    state = a_state(
        a_reading(at=NOON), *heartbeats(NOON, NOON + 4 * HOUR), *heartbeats(NOON + 6 * HOUR, NOON + 11 * HOUR)
    )
    (concern,) = judge(state, home, NOON + 11 * HOUR)
    assert concern.evidence.values["still_seconds"] == (9 * 60 + 5) * 60.0
    assert "1시간 55분 제외" in concern.evidence.sentence.ko


def test_a_stillness_grows_worse_under_one_name_and_ends_with_a_movement() -> None:
    home, state = a_home(sensors=[a_sensor()]), a_state(a_reading(at=NOON))
    moved = a_reading(at=NOON + 25 * HOUR)
    findings = of_stillness(live(state, home, [*heartbeats(NOON, NOON + 24 * HOUR, every=4 * MINUTE), moved]))
    worst = [
        finding
        for before, finding in zip([None, *findings], findings, strict=False)
        if before is None or before.severity != finding.severity or finding.phase == Phase.ENDED
    ]
    assert told_in(worst) == [
        ("inactivity", Phase.BEGAN, Severity.CAUTION),
        ("inactivity", Phase.HOLDS, Severity.URGENT),
        ("inactivity", Phase.HOLDS, Severity.EMERGENCY),
        ("inactivity", Phase.ENDED, Severity.EMERGENCY),
    ]
    assert len({finding.finding_id for finding in findings}) == 1


def test_a_late_movement_does_not_end_a_stillness_that_was_told() -> None:
    home, state = a_home(sensors=[a_sensor()]), a_state(a_reading(at=NOON))
    live(state, home, heartbeats(NOON, NOON + 9 * HOUR))
    late = a_reading(at=NOON + 7 * HOUR, late_by=2 * HOUR)
    findings = live(state, home, [late, a_heartbeat(NOON + 9 * HOUR + 2 * MINUTE)])
    assert [finding.phase for finding in findings] == [Phase.HOLDS]


def test_a_late_movement_keeps_a_stillness_from_beginning() -> None:
    state, home, _ = after(7 * HOUR)
    remember(state, a_reading(at=NOON + 6 * HOUR, late_by=HOUR))
    assert not live(state, home, heartbeats(NOON + 7 * HOUR, NOON + 9 * HOUR))


def test_a_stillness_in_a_backlog_says_how_old_it_is_and_may_end_in_it() -> None:
    home, state, outage = a_home(sensors=[a_sensor()]), a_state(a_reading(at=NOON)), 20 * HOUR

    def delayed(value: Motion | DeviceStatus, at: timedelta) -> object:
        return a_reading(value, at=NOON + at, late_by=outage - at)

    backlog = [
        a_reading(DeviceStatus(online=True), at=NOON + MINUTE * turn, late_by=outage - MINUTE * turn)
        for turn in range(0, 9 * 60, 4)
    ]
    began = live(state, home, backlog)
    assert began[0].late
    assert "늦게 도착" in began[0].evidence.sentence.ko
    ended = live(state, home, [a_reading(at=NOON + 10 * HOUR, late_by=10 * HOUR)])
    assert [finding.phase for finding in ended] == [Phase.ENDED]


def test_a_hold_keeps_stillness_from_beginning_and_its_time_does_not_count() -> None:
    hold = Hold(kind=HoldKind.AWAY, from_at=NOON, until_at=NOON + 30 * HOUR)
    home, state = a_home(sensors=[a_sensor()], holds=[hold]), a_state(a_reading(at=NOON))
    assert not of_stillness(live(state, home, heartbeats(NOON, NOON + 38 * HOUR - MINUTE, every=4 * MINUTE)))
    over = a_home(sensors=[a_sensor()])
    assert live(state, over, heartbeats(NOON + 38 * HOUR, NOON + 38 * HOUR + 5 * MINUTE))


def test_a_hold_does_not_end_what_was_told_before() -> None:
    state, home, now = after(8 * HOUR)
    assert told_in(list(watch(state, home, now)[1])) == [("inactivity", Phase.BEGAN, Severity.CAUTION)]
    hold = Hold(kind=HoldKind.HOSPITAL, from_at=now, until_at=now + 9 * HOUR)
    held = a_home(sensors=[a_sensor()], holds=[hold])
    findings = live(state, held, heartbeats(now + MINUTE, now + 3 * MINUTE))
    assert {finding.phase for finding in findings} == {Phase.HOLDS}


def test_a_home_that_was_never_seen_to_move_counts_from_its_first_word() -> None:
    state = a_state(*heartbeats(NOON, NOON + 8 * HOUR))
    assert judge(state, a_home(sensors=[a_sensor()]), NOON + 8 * HOUR)
    assert not judge(state, a_home(sensors=[a_sensor("button", "help_button")]), NOON + 8 * HOUR)
    assert not judge(HomeState(), a_home(), NOON)


def test_a_blind_home_is_not_a_still_home() -> None:
    home = a_home(sensors=[a_sensor(silent_after=4 * HOUR)])
    state, _, now = after(20 * HOUR)
    assert not judge(state, home, now)
    unreachable = a_state(
        a_reading(at=NOON), a_reading(DeviceStatus(online=False), at=NOON + HOUR), *heartbeats(NOON, NOON + 20 * HOUR)
    )
    assert not judge(unreachable, a_home(sensors=[a_sensor()]), NOON + 20 * HOUR)


def test_one_living_eye_is_enough_to_judge() -> None:
    home = a_home(sensors=[a_sensor("b", "help_button"), a_sensor(silent_after=4 * HOUR), a_sensor("door", "contact")])
    state, _, now = after(8 * HOUR)
    assert judge(state, home, now)


def test_a_bed_that_says_the_same_again_and_again_is_no_movement() -> None:
    home = a_home(sensors=[a_sensor("bed", "occupancy")])
    words = [a_reading(Occupancy(occupied=turn > 1), at=NOON + 5 * MINUTE * turn, sensor="bed") for turn in range(20)]
    state = a_state(*words, *heartbeats(NOON, NOON + 8 * HOUR + 10 * MINUTE))
    (concern,) = judge(state, home, NOON + 8 * HOUR + 10 * MINUTE)
    assert concern.since == NOON + 10 * MINUTE


def test_a_home_that_only_its_bed_could_show_and_never_did_counts_from_its_first_word() -> None:
    home = a_home(sensors=[a_sensor("bed", "occupancy")])
    words = [a_reading(Occupancy(occupied=True), at=NOON + 5 * MINUTE * turn, sensor="bed") for turn in range(3)]
    (concern,) = judge(a_state(*words, *heartbeats(NOON, NOON + 8 * HOUR)), home, NOON + 8 * HOUR)
    assert concern.since == NOON


def test_a_home_whose_plan_is_not_reached_by_what_was_observed_is_not_still() -> None:
    beats = [a_heartbeat(NOON), *heartbeats(NOON + 7 * HOUR, NOON + 9 * HOUR)]
    assert not judge(a_state(a_reading(at=NOON), *beats), a_home(sensors=[a_sensor()]), NOON + 9 * HOUR)


@pytest.mark.parametrize(("sensors", "seen"), [(("motion-living", "motion-bath"), True), (("motion-living",), False)])
def test_movements_of_a_sensor_that_is_stuck_do_not_hide_a_stillness(sensors: tuple[str, ...], seen: bool) -> None:
    home, state = a_home(sensors=[a_sensor(name) for name in sensors]), HomeState()
    life = [a_reading(at=NOON, sensor="motion-bath"), a_reading(Motion(active=False), at=NOON + MINUTE)]
    stuck = [a_reading(at=NOON + 30 * MINUTE * turn) for turn in range(1, 19)]
    beats = heartbeats(NOON, NOON + 9 * HOUR + 30 * MINUTE)
    flow = sorted([*life, *stuck, *beats], key=lambda reading: reading.observed_at)
    findings = of_stillness(live(state, home, flow))
    assert bool(findings) == seen
    if seen:
        assert findings[0].since == NOON
        assert "오작동 센서 제외" in findings[0].evidence.sentence.ko
