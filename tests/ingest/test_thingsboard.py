"""ThingsBoard: devices by their names, in each of the shapes that its API takes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import RefusalReason, Value
from contracts import values as kinds
from ingest.intake import Intake
from ingest.profiles import Profiles, compiled
from tests.ingest.gateway import Gateway
from tests.ingest.messages import NOON, only, reasons, values

TS = int(NOON.timestamp() * 1000) - 1000


def heard(path: str, said: object, **sensors: str) -> Intake:
    return Gateway("thingsboard", **sensors).says(path, said)


@pytest.mark.parametrize(
    "said",
    [
        {"Hall": [{"ts": TS, "values": {"motion": True}}]},
        {"Hall": {"ts": TS, "values": {"motion": True}}},
        {"Hall": [{"ts": str(TS), "values": {"motion": "true"}}]},
        {"Hall": [{"ts": TS, "values": {"motion": 1}}]},
    ],
)
def test_a_gateway_tells_its_devices_with_their_times(said: object) -> None:
    reading = only(heard("v1/gateway/telemetry", said))
    assert (reading.sensor_id, reading.value) == ("Hall", kinds.Motion(active=True))
    assert (NOON - reading.observed_at).total_seconds() == 1


@pytest.mark.parametrize(
    "said", [{"Hall": [{"motion": True}]}, {"Hall": {"motion": True}}, {"Hall": [{"values": {"motion": True}}]}]
)
def test_values_without_a_time_are_of_now(said: object) -> None:
    assert only(heard("v1/gateway/telemetry", said)).observed_at == NOON


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("v1/devices/me/telemetry", {"temperature": 21.5}),
        ("v1/devices/me/telemetry", {"ts": TS, "values": {"temperature": 21.5}}),
        ("v1/devices/me/telemetry", [{"temperature": 21.5}]),
        ("v1/devices/me/telemetry", [{"ts": TS, "values": {"temperature": "21.5"}}]),
        ("v2/telemetry", {"temperature": 21.5}),
        ("gateway/telemetry", {"gateway": {"temperature": 21.5}}),
    ],
)
def test_a_device_speaks_for_itself_in_every_shape(path: str, said: object) -> None:
    reading = only(heard(path, said))
    assert (reading.sensor_id, reading.value) == ("gateway", kinds.Temperature(celsius=21.5))


def test_a_key_may_be_a_sensor_of_its_own() -> None:
    intake = heard("v1/devices/me/telemetry", {"door": True, "motion": True}, door="contact")
    assert {each.sensor_id: each.value for each in intake.readings} == {
        "door": kinds.Contact(open=True), "gateway": kinds.Motion(active=True),
    }  # fmt: skip
    both = heard("v1/gateway/telemetry", {"Hall": {"door": True, "motion": True}}, **{"Hall/door": "contact"})
    assert {each.sensor_id for each in both.readings} == {"Hall/door", "Hall"}


@pytest.mark.parametrize(
    ("values_said", "value"),
    [
        ({"humidity": 40}, kinds.Humidity(percent=40)),
        ({"batteryLevel": 97}, kinds.Battery(percent=97)),
        ({"battery": 1}, kinds.Battery(percent=1)),
        ({"illuminance": 12}, kinds.Illuminance(lux=12)),
        ({"smoke": True}, kinds.Smoke(active=True)),
        ({"waterLeak": "true"}, kinds.WaterLeak(active=True)),
        ({"doorOpen": True}, kinds.Contact(open=True)),
        ({"contact": True}, kinds.Contact(open=False)),
        ({"presence": "detected"}, kinds.Presence(present=True)),
        ({"sos": True}, kinds.HelpButton()),
        ({"power": 12.5}, kinds.Power(watts=12.5)),
        ({"energy": 2}, kinds.Energy(kilowatt_hours=2)),
        ({"heartRate": 72}, kinds.VitalSigns(heart_per_minute=72)),
        ({"rssi": -61}, kinds.LinkQuality(score=-61)),
        ({"tamper": False}, kinds.Tamper(active=False)),
    ],
)
def test_a_key_means_what_it_is_called(values_said: dict[str, object], value: Value) -> None:
    assert only(heard("v1/gateway/telemetry", {"Hall": values_said})).value == value


@pytest.mark.parametrize(("what", "online"), [("connect", True), ("disconnect", False)])
def test_a_device_comes_and_goes(what: str, online: bool) -> None:
    reading = only(heard(f"v1/gateway/{what}", {"device": "Hall", "type": "default"}))
    assert (reading.sensor_id, reading.value) == ("Hall", kinds.DeviceStatus(online=online))


def test_attributes_that_are_states_are_read_and_others_pass() -> None:
    assert only(heard("v1/gateway/attributes", {"Hall": {"motion": True, "fw": "1.2"}})).value == kinds.Motion(
        active=True
    )
    assert not heard("v1/devices/me/attributes", {"fw": "1.2", "room": 3}).refusals


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("v1/devices/me/rpc/request/1", {"method": "x"}),
        ("v1/gateway/rpc", {"device": "Hall", "id": 1, "data": {}}),
        ("v1/gateway/attributes/request", {"id": 1}),
        ("v1/gateway/claim", {"Hall": {}}),
        ("v1/gateway/telemetry", ""),
        ("v1/gateway/telemetry", {}),
        ("v1/gateway/telemetry", {"Hall": {"motion": None, "cpuTemperature": 61, "uptime": 5, "x": {"y": 1}}}),
    ],
)
def test_what_is_known_and_not_for_us_is_passed_over(path: str, said: object) -> None:
    intake = heard(path, said)
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize(
    ("path", "said", "reason"),
    [
        ("v1/gateway/telemetry", "{", RefusalReason.NOT_JSON),
        ("v1/gateway/telemetry", [], RefusalReason.WRONG_SHAPE),
        ("v1/gateway/telemetry", {"Hall": 5}, RefusalReason.WRONG_SHAPE),
        ("v1/devices/me/telemetry", "5", RefusalReason.WRONG_SHAPE),
        ("v1/gateway/connect", {}, RefusalReason.WRONG_SHAPE),
        ("telemetry", {}, RefusalReason.BAD_TOPIC),
        ("v1/gateway/telemetry", {"Hall": {"temperature": 1e6}}, RefusalReason.IMPOSSIBLE_VALUE),
    ],
)
def test_a_fault_says_what_it_is(path: str, said: object, reason: RefusalReason) -> None:
    expected = [] if path == "telemetry" else [reason]
    assert reasons(heard(path, said)) == expected


def test_a_topic_of_another_api_is_refused() -> None:
    assert reasons(heard("sensors/hall", {"motion": True})) == [RefusalReason.BAD_TOPIC]


def test_an_unreadable_time_is_told_and_the_movement_kept() -> None:
    intake = heard("v1/gateway/telemetry", {"Hall": [{"ts": "yesterday", "values": {"motion": True}}]})
    assert values(intake) == [kinds.Motion(active=True)] and reasons(intake) == [RefusalReason.TIME_UNREADABLE]


def test_a_registered_sensor_that_says_nothing_we_know_is_told_to_the_engineer() -> None:
    said = {"Hall": {"alarm_7": "x" * 9}}
    assert reasons(heard("v1/gateway/telemetry", said, Hall="temperature")) == [RefusalReason.NOTHING_WE_KNOW]


def test_a_bad_device_does_not_silence_the_one_beside_it() -> None:
    intake = heard("v1/gateway/telemetry", {"Hall": 5, "Bath": {"smoke": True}})
    assert values(intake) == [kinds.Smoke(active=True)] and reasons(intake) == [RefusalReason.WRONG_SHAPE]


WORDS = st.sampled_from(["ts", "values", "motion", "temperature", "Hall", "device", "contact", "sos", "", "open", "°F"])
SAID = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=6), inner, max_size=5),
    max_leaves=16,
)
PATHS = st.sampled_from(
    ["v1/gateway/telemetry", "v1/devices/me/telemetry", "v1/gateway/connect", "v1/gateway/attributes", "v1", "a/b"]
)


@given(said=SAID, path=PATHS, kind=st.sampled_from(["", "contact", "help_button", "temperature"]))
@pytest.mark.laws
@settings(max_examples=400)
def test_no_telemetry_stops_the_stream(said: object, path: str, kind: str) -> None:
    intake = Gateway("thingsboard", **({"Hall": kind} if kind else {})).says(path, json.dumps(said))
    assert all(refusal.detail for refusal in intake.refusals)


@pytest.mark.parametrize(
    "said", [{"updateAvailable": True}, {"uptime": 1}, {"charging": "on"}, {"fwVersion": "1.2"}, {"status": "on"}]
)
@pytest.mark.parametrize("kind", ["smoke", "help_button", "temperature", "contact"])
def test_a_field_beside_the_alarm_is_no_alarm(said: dict[str, object], kind: str) -> None:
    assert not heard("v1/gateway/telemetry", {"Hall": {**said, "motion": None}}, Hall=kind).readings


def test_a_profile_says_what_a_vendors_key_means() -> None:
    profiles = compiled(
        {"own.toml": 'dialect = "thingsboard"\n[fields]\n"alarm_7" = { kind = "smoke" }'}, frozenset({"thingsboard"})
    )
    assert isinstance(profiles, Profiles)
    gateway = Gateway("thingsboard")
    gateway.profiles = profiles
    assert only(gateway.says("v1/gateway/telemetry", {"Hall": {"alarm_7": 1, "uptime": 5}})).value == kinds.Smoke(
        active=True
    )
    assert reasons(gateway.says("v1/gateway/telemetry", {"Hall": {"alarm_7": "x"}})) == [RefusalReason.WRONG_SHAPE]


@pytest.mark.parametrize(
    ("key", "said", "kind", "value"),
    [
        ("value", 21.5, "temperature", kinds.Temperature(celsius=21.5)),
        ("state", "on", "smoke", kinds.Smoke(active=True)),
        ("alarm", 1, "smoke", kinds.Smoke(active=True)),
    ],
)
def test_the_only_field_of_a_device_is_what_it_is_registered_as(
    key: str, said: object, kind: str, value: Value
) -> None:
    assert only(heard("v1/gateway/telemetry", {"Hall": {key: said}}, Hall=kind)).value == value


def test_a_word_that_is_neither_on_nor_off_is_refused() -> None:
    assert reasons(heard("v1/gateway/telemetry", {"Hall": {"smoke": "perhaps"}}, Hall="smoke")) == [
        RefusalReason.WRONG_SHAPE
    ]
