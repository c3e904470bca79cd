"""A gateway says what its sensors see in the words of its dialect."""

import json
from datetime import UTC, datetime

import pytest

from contracts import HomeId, SensorId, Value, shard_of
from contracts.values import (
    Battery,
    CarbonMonoxide,
    Contact,
    Fall,
    Gas,
    HelpButton,
    Humidity,
    LinkQuality,
    Motion,
    Smoke,
    Tamper,
    Temperature,
    WaterLeak,
)
from simulator.dialects import Dialect, dialect_of, native, spoken, status
from simulator.household import Sighting
from tests.simulator.builders import a_household

AT = datetime(2026, 11, 22, 4, 0, 0, 5000, tzinfo=UTC)
HOME = HomeId("h-0001")
ROOT = f"home/{shard_of(HOME):02x}/h-0001"


def a_sighting(value: Value, sensor: str = "lamp") -> Sighting:
    return Sighting(sensor_id=SensorId(sensor), at=AT, value=value)


def test_a_native_message_is_numbered_and_says_when() -> None:
    message = native(HOME, [a_sighting(Motion(active=True), "motion-living")], session=3, seq=17)
    assert message.topic == f"{ROOT}/native/readings"
    assert json.loads(message.payload) == {
        "home": "h-0001",
        "session": 3,
        "seq": 17,
        "readings": [
            {
                "sensor": "motion-living",
                "at": "2026-11-22T04:00:00.005Z",
                "value": {"kind": "motion", "active": True, "synthetic": False},
            }
        ],
    }


def test_a_last_will_is_retained_and_does_not_claim_to_know_when() -> None:
    will = status(HOME, online=False, session=3, at=None)
    assert (will.topic, will.retain) == (f"{ROOT}/native/status", True)
    said = json.loads(will.payload)["readings"][0]
    assert "at" not in said
    assert (said["value"]["kind"], said["value"]["online"], said["value"]["session"]) == ("gateway_status", False, 3)


def test_a_birth_says_when() -> None:
    assert json.loads(status(HOME, online=True, session=3, at=AT).payload)["readings"][0]["at"].endswith("Z")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Motion(active=True), {"occupancy": True}),
        (Contact(open=True), {"contact": False}),
        (HelpButton(), {"action": "emergency"}),
        (Smoke(active=True), {"smoke": True}),
        (Gas(active=False), {"gas": False}),
        (CarbonMonoxide(active=True), {"carbon_monoxide": True}),
        (WaterLeak(active=True), {"water_leak": True}),
        (Tamper(active=True), {"tamper": True}),
        (Temperature(celsius=21.5), {"temperature": 21.5}),
        (Humidity(percent=40), {"humidity": 40}),
        (LinkQuality(score=99), {"linkquality": 99}),
        (Battery(percent=7, low=True), {"battery": 7, "battery_low": True}),
        (Battery(low=False), {"battery_low": False}),
    ],
)
def test_a_zigbee_device_says_it_in_its_own_words(value: Value, said: dict[str, object]) -> None:
    (message,) = spoken(HOME, Dialect.ZIGBEE2MQTT, [a_sighting(value)], session=1, seq=1)
    assert message.topic == f"{ROOT}/zigbee2mqtt/zigbee2mqtt/lamp"
    assert json.loads(message.payload) == {**said, "last_seen": "2026-11-22T04:00:00.005Z"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Temperature(celsius=21.5), {"n": "temperature", "u": "Cel", "v": 21.5}),
        (Humidity(percent=40), {"n": "humidity", "u": "%RH", "v": 40}),
        (Motion(active=False), {"n": "motion", "vb": False}),
        (Smoke(active=True), {"n": "smoke", "vb": True}),
        (HelpButton(), {"n": "help_button", "vb": True}),
    ],
)
def test_a_senml_device_says_it_as_a_record(value: Value, said: dict[str, object]) -> None:
    (message,) = spoken(HOME, Dialect.SENML, [a_sighting(value)], session=1, seq=1)
    assert json.loads(message.payload) == [{"bn": "lamp:", "bt": AT.timestamp(), **said}]


@pytest.mark.parametrize("dialect", [Dialect.ZIGBEE2MQTT, Dialect.SENML])
def test_what_a_dialect_cannot_say_is_said_natively_and_in_order(dialect: Dialect) -> None:
    seen = [
        a_sighting(Temperature(celsius=20)),
        a_sighting(Fall()),
        a_sighting(Temperature(celsius=21)),
        a_sighting(Fall()),
    ]
    messages = spoken(HOME, dialect, seen, session=1, seq=5)
    assert [f"/{Dialect.NATIVE}/" in message.topic for message in messages] == [False, True, False, True]
    assert [json.loads(message.payload)["seq"] for message in messages[1::2]] == [5, 6]


def test_most_homes_speak_our_own_dialect_and_every_dialect_is_spoken() -> None:
    spoken_by = [dialect_of(a_household(f"h-{number:04d}")) for number in range(300)]
    assert spoken_by.count(Dialect.NATIVE) > 150
    assert set(spoken_by) == set(Dialect)
