from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import HomeId, Reading, SensorId, Value, WatchedSensor, kind_of, reading_id
from contracts.values import (
    Battery,
    ButtonAction,
    Contact,
    Fall,
    Heartbeat,
    HelpButton,
    LinkQuality,
    Motion,
    Occupancy,
    Presence,
    Smoke,
    Temperature,
    TestPressed,
)
from contracts.watching import WALK_TEST
from homes.walk_test import Proof, SensorProof, begun, ended, is_genuine, judge

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HOME = HomeId("h-0001")


def a_sensor(kind: str, sensor_id: str = "one") -> WatchedSensor:
    return WatchedSensor(sensor_id=SensorId(sensor_id), kind=kind, room="거실")


def a_reading(value: Value, second: float = 0, *, sensor: str = "one", late: bool = False) -> Reading:
    at = NOON + timedelta(seconds=second)
    return Reading(
        reading_id=reading_id(HOME, sensor, kind=kind_of(value), mark=f"{second}"),
        home_id=HOME,
        sensor_id=SensorId(sensor),
        observed_at=at,
        received_at=at,
        value=value,
        late=late,
    )


def proof_of(kind: str, *values: Value) -> SensorProof:
    (proof,) = judge([a_sensor(kind)], [a_reading(value, place) for place, value in enumerate(values)])
    return proof


PROVES: list[tuple[str, Sequence[Value]]] = [
    ("contact", [Contact(open=True), Contact(open=False)]),
    ("help_button", [HelpButton()]),
    ("motion", [Motion(active=True)]),
    ("presence", [Presence(present=True)]),
    ("occupancy", [Occupancy(occupied=True)]),
    ("smoke", [Smoke(active=True)]),
    ("smoke", [TestPressed()]),
    ("fall", [Fall()]),
    ("temperature", [Temperature(celsius=21)]),
    ("heartbeat", [Heartbeat()]),
]
ONLY_HEARD: list[tuple[str, Sequence[Value]]] = [
    ("contact", [Contact(open=True)]),
    ("help_button", [HelpButton(action=ButtonAction.RELEASED)]),
    ("motion", [Motion(active=False)]),
    ("presence", [Presence(present=False)]),
    ("smoke", [Smoke(active=False)]),
    ("smoke", [Battery(percent=90)]),
    ("temperature", [LinkQuality(score=90)]),
]


@pytest.mark.parametrize(("kind", "values"), PROVES)
def test_a_sensor_is_proven_by_what_it_is_there_for(kind: str, values: Sequence[Value]) -> None:
    assert proof_of(kind, *values).proof is Proof.PROVEN


@pytest.mark.parametrize(("kind", "values"), ONLY_HEARD)
def test_a_sensor_that_says_only_something_is_heard_and_not_proven(kind: str, values: Sequence[Value]) -> None:
    assert proof_of(kind, *values).proof is Proof.HEARD


def test_a_sensor_that_says_nothing_is_named_as_not_heard() -> None:
    first, second = judge([a_sensor("motion"), a_sensor("motion", "two")], [a_reading(Motion(active=True))])
    assert (first.proof, second.proof) == (Proof.PROVEN, Proof.NOT_HEARD)
    assert second.heard_at is None and not second.passed


def test_a_reading_that_waited_in_the_gateway_proves_nothing_now() -> None:
    (proof,) = judge([a_sensor("motion")], [a_reading(Motion(active=True), late=True)])
    assert proof.proof is Proof.NOT_HEARD


def test_a_proof_tells_when_how_often_and_how_well_it_was_heard() -> None:
    proof = proof_of("motion", Motion(active=True), LinkQuality(score=30), Battery(percent=9), Motion(active=False))
    assert (proof.heard_at, proof.last_at) == (NOON, NOON + timedelta(seconds=3))
    assert proof.signals == 2 and proof.value == "active=false, synthetic=false"
    assert (proof.link, proof.bars, proof.weak) == (30, 1, True) and not proof.passed
    assert (proof.battery_percent, proof.battery_low) == (9, True)


@pytest.mark.parametrize(
    ("score", "bars"), [(255, 4), (120, 4), (119, 3), (40, 2), (39, 1), (0, 1), (-55, 4), (-65, 3), (-80, 2), (-81, 1)]
)
def test_a_link_is_told_in_bars_whatever_its_scale(score: float, bars: int) -> None:
    assert proof_of("motion", Motion(active=True), LinkQuality(score=score)).bars == bars


@given(st.permutations([Contact(open=True), Battery(percent=50), Contact(open=False), LinkQuality(score=99)]))
def test_readings_prove_the_same_in_whatever_order_they_are_read(values: list[Value]) -> None:
    readings = [a_reading(value, {Contact: 1, Battery: 2}.get(type(value), 3)) for value in values]
    assert judge([a_sensor("contact")], readings * 2)[0].proof is Proof.PROVEN
    assert judge([a_sensor("contact")], readings)[0].heard_at == NOON + timedelta(seconds=1)


def test_a_home_passes_when_every_sensor_does() -> None:
    test = begun(HOME, "김기사", NOON)
    good = proof_of("motion", Motion(active=True))
    assert ended(test, [good], NOON).passed
    assert not ended(test, [good, proof_of("smoke")], NOON).passed
    assert not ended(test, [], NOON).passed


def test_a_test_is_over_after_thirty_minutes_whenever_its_end_is_written() -> None:
    test = begun(HOME, "김기사", NOON)
    assert test.until_at == NOON + WALK_TEST
    assert ended(test, [], NOON + timedelta(hours=3)).ended_at == test.until_at
    assert ended(test, [], NOON + timedelta(minutes=3)).ended_at == NOON + timedelta(minutes=3)


def test_a_result_that_was_touched_is_not_genuine() -> None:
    done = ended(begun(HOME, "김기사", NOON), [proof_of("motion", Motion(active=True))], NOON + timedelta(minutes=9))
    assert is_genuine(done) and not is_genuine(begun(HOME, "김기사", NOON))
    for change in ({"engineer": "다른 사람"}, {"sensors": ()}, {"ended_at": NOON}, {"home_id": "h-0002"}):
        assert not is_genuine(msgspec.structs.replace(done, **change))
