"""What began, what still holds, what ended; and what a hold keeps silent."""

from datetime import timedelta

import pytest

from contracts import Hold, HoldKind, Phase, Value
from contracts.values import (
    Battery,
    DeviceStatus,
    GatewayStatus,
    HelpButton,
    Motion,
    Smoke,
    Stillness,
    Tamper,
    WaterLeak,
)
from detectors.state import HomeState
from detectors.watch import DETECTORS
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading, a_sensor, a_state, heartbeats, live

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
AILMENTS: list[tuple[Value, str]] = [
    (Battery(percent=15.0), "battery_low"),
    (Battery(low=True), "battery_low"),
    (Tamper(active=True), "tamper"),
    (GatewayStatus(mains=False), "mains_lost"),
    (DeviceStatus(online=False), "sensor_silent"),
]


@pytest.mark.parametrize(("value", "kind"), AILMENTS)
def test_what_ails_a_device_is_told_and_ends(value: Value, kind: str) -> None:
    cures: dict[str, Value] = {
        "battery_low": Battery(percent=90.0, low=False),
        "tamper": Tamper(active=False),
        "mains_lost": GatewayStatus(mains=True),
        "sensor_silent": Motion(active=False),
    }
    home = a_home(sensors=[a_sensor(room="거실")])
    findings = live(HomeState(), home, [a_reading(value), a_reading(cures[kind], at=NOON + MINUTE)])
    assert [(finding.kind, finding.phase) for finding in findings] == [(kind, Phase.BEGAN), (kind, Phase.ENDED)]
    assert "거실" in findings[0].evidence.sentence.ko


@pytest.mark.parametrize(("value", "kind"), AILMENTS)
def test_whoever_works_on_the_devices_is_not_told_what_ails_them(value: Value, kind: str) -> None:
    home = a_home(holds=[Hold(kind=HoldKind.MAINTENANCE, from_at=NOON, until_at=NOON + MINUTE)])
    assert not live(HomeState(), home, [a_reading(value)])


@pytest.mark.parametrize(("value", "kind"), AILMENTS)
def test_a_resident_who_is_away_still_has_devices(value: Value, kind: str) -> None:
    home = a_home(holds=[Hold(kind=HoldKind.AWAY, from_at=NOON, until_at=NOON + MINUTE)])
    assert [finding.kind for finding in live(HomeState(), home, [a_reading(value)])] == [kind]


def test_a_hold_is_over_when_its_time_is_reached() -> None:
    home = a_home(holds=[Hold(kind=HoldKind.MAINTENANCE, from_at=NOON - HOUR, until_at=NOON)])
    assert live(HomeState(), home, [a_reading(Tamper(active=True))])


def test_an_alarm_that_outlasts_its_walk_test_is_told_at_once_as_real() -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON, until_at=NOON + MINUTE)])
    story = [a_reading(Smoke(active=True)), a_heartbeat(NOON + MINUTE / 2), a_heartbeat(NOON + MINUTE)]
    findings = live(HomeState(), home, story)
    assert [(finding.phase, finding.test) for finding in findings] == [(Phase.BEGAN, True), (Phase.HOLDS, False)]


def test_a_press_made_during_the_walk_test_stays_a_test() -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON, until_at=NOON + MINUTE)])
    story = [a_reading(HelpButton()), *heartbeats(NOON + MINUTE, NOON + 3 * MINUTE)]
    assert all(finding.test for finding in live(HomeState(), home, story))


def test_an_alarm_that_outlasts_the_half_hour_of_a_longer_test_is_told_at_once_as_real() -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON - 29.5 * MINUTE, until_at=NOON + HOUR)])
    story = [a_reading(Smoke(active=True)), a_heartbeat(NOON + MINUTE / 2)]
    findings = live(HomeState(), home, story)
    assert [(finding.phase, finding.test) for finding in findings] == [(Phase.BEGAN, True), (Phase.HOLDS, False)]


def test_a_leak_is_a_test_for_as_long_as_the_hold() -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON - HOUR, until_at=NOON + HOUR)])
    (finding,) = live(HomeState(), home, [a_reading(WaterLeak(active=True))])
    assert finding.test


def test_an_alarm_that_began_before_a_test_is_none() -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON + MINUTE, until_at=NOON + HOUR)])
    story = [a_reading(Smoke(active=True)), *heartbeats(NOON + MINUTE, NOON + 3 * MINUTE)]
    assert not any(finding.test for finding in live(HomeState(), home, story))


def test_a_home_out_of_service_is_not_judged() -> None:
    assert not live(HomeState(), a_home(watched=False), [a_reading(Smoke(active=True))])


def test_a_sensor_is_silent_when_its_limit_is_reached_while_its_gateway_speaks() -> None:
    home = a_home(sensors=[a_sensor(silent_after=4 * HOUR, room="거실"), a_sensor("button", "help_button")])
    state = a_state(a_reading(at=NOON))
    assert not live(state, home, heartbeats(NOON, NOON + 4 * HOUR - MINUTE))
    finding, blind = live(state, home, [a_heartbeat(NOON + 4 * HOUR)])
    assert (finding.kind, finding.evidence.sensor_id) == ("sensor_silent", "motion-living")
    assert blind.kind == "blind_home"
    assert finding.evidence.sentence.ko == "센서 무응답 4시간 · 한계 4시간 · 거실"
    assert finding.evidence.limit == finding.evidence.values["silent_seconds"] == 4 * 3600


def test_a_sensor_is_not_silent_because_its_gateway_was() -> None:
    home = a_home(sensors=[a_sensor(silent_after=4 * HOUR)])
    assert not live(a_state(a_reading(at=NOON)), home, heartbeats(NOON + 20 * HOUR, NOON + 21 * HOUR))


def test_a_sensor_that_is_silent_and_out_of_reach_is_told_once() -> None:
    home = a_home(sensors=[a_sensor(silent_after=HOUR)])
    state = a_state(a_reading(at=NOON), a_reading(DeviceStatus(online=False), at=NOON + MINUTE))
    findings = live(state, home, heartbeats(NOON, NOON + 2 * HOUR))
    assert len({f.evidence.sensor_id for f in findings if f.kind == "sensor_silent"}) == 1


def test_every_detector_says_in_one_sentence_what_it_finds() -> None:
    assert len({detector.__name__ for detector in DETECTORS}) == len(DETECTORS) >= 36
    assert all(detector.__doc__ for detector in DETECTORS)


def test_stillness_that_a_device_reports_is_told_until_it_takes_it_back_and_rests_while_the_resident_is_away() -> None:
    still, moved = a_reading(Stillness(active=True)), a_reading(Stillness(active=False), at=NOON + MINUTE)
    findings = live(HomeState(), a_home(), [still, moved])
    assert [(each.kind, each.phase) for each in findings] == [
        ("stillness_reported", Phase.BEGAN),
        ("stillness_reported", Phase.ENDED),
    ]
    away = a_home(holds=[Hold(kind=HoldKind.AWAY, from_at=NOON, until_at=NOON + HOUR)])
    assert not live(HomeState(), away, [still])
