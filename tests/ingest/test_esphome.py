"""ESPHome beyond the samples."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import RefusalReason, Value, WatchedHome
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.files import load_profiles
from ingest.intake import Intake, take_in
from ingest.learned import Learned
from tests.ingest.laws import anything, homes, only_values_or_reasons, written
from tests.ingest.messages import LIMITS, a_message, only, reasons, taken
from tests.ingest.street import a_watched_home


def heard(path: str, payload: str, named: Mapping[str, str] = {}, *, retained: bool = False, **sensors: str) -> Intake:
    return taken(a_message(payload, f"esphome/{path}", retained=retained), a_watched_home("h-0001", **named, **sensors))


@pytest.mark.parametrize(
    ("path", "payload", "value"),
    [
        ("binary_sensor/front_door", "ON", kinds.Contact(open=True)),
        ("binary_sensor/bed", "OFF", kinds.Occupancy(occupied=False)),
        ("binary_sensor/kitchen_smoke_alarm", "ON", kinds.Smoke(active=True)),
        ("binary_sensor/hallway-pir", "ON", kinds.Motion(active=True)),
        ("binary_sensor/pendant_low_battery", "ON", kinds.Battery(low=True)),
        ("binary_sensor/sos_cord", "ON", kinds.HelpButton()),
        ("sensor/bedroom_temperature", "21.3", kinds.Temperature(celsius=21.3)),
        ("sensor/bedroom_humidity", "48", kinds.Humidity(percent=48)),
        ("sensor/kettle_power", "1800.5", kinds.Power(watts=1800.5)),
        ("sensor/bed_heart_rate", "61", kinds.VitalSigns(heart_per_minute=61)),
    ],
)
def test_the_words_of_a_name_say_what_it_is(path: str, payload: str, value: Value) -> None:
    reading = only(heard(f"room/{path}/state", payload))
    assert (reading.sensor_id, reading.value) == (f"room/{path.split('/')[1]}", value)


@pytest.mark.parametrize("registered", ["room/thing", "room/binary_sensor/thing", "thing", "room"])
def test_the_registration_wins_over_the_name_and_may_name_any_of_these(registered: str) -> None:
    assert not heard("room/binary_sensor/thing/state", "ON").readings
    reading = only(heard("room/binary_sensor/thing/state", "ON", {registered: "contact"}))
    assert (reading.sensor_id, reading.value) == (registered, kinds.Contact(open=True))


def test_a_motion_sensor_may_be_a_bed() -> None:
    assert only(heard("r/binary_sensor/motion/state", "ON", motion="occupancy")).value == kinds.Occupancy(occupied=True)


def test_an_entity_may_have_a_line_of_its_own(tmp_path: Path) -> None:
    own = 'dialect = "esphome"\n[fields]\n"binary_sensor.gpio4" = { kind = "gas", inverted = true }\n'
    (tmp_path / "own.toml").write_text(own)
    home = a_watched_home("h-0001")
    learned = Learned(profiles=load_profiles(str(tmp_path)))
    message = a_message("OFF", "esphome/r/binary_sensor/gpio4/state")
    (reading,) = take_in(message, {home.home_id: home}, LIMITS, learned).readings
    assert reading.value == kinds.Gas(active=True)


def test_a_number_is_what_its_sensor_is_registered_to_measure() -> None:
    assert only(heard("r/sensor/x/state", "7.5", x="temperature")).value == kinds.Temperature(celsius=7.5)


@pytest.mark.parametrize(
    ("payload", "action"),
    [('{"event_type":"press"}', ButtonAction.PRESSED), ("long_release", ButtonAction.RELEASED)],
)
def test_an_event_of_a_help_button_is_a_cry(payload: str, action: ButtonAction) -> None:
    assert only(heard("r/event/cord/state", payload, cord="help_button")).value == kinds.HelpButton(action=action)


@pytest.mark.parametrize(("payload", "online"), [("online", True), ("offline", False)])
def test_a_node_says_whether_it_can_be_reached(payload: str, online: bool) -> None:
    reading = only(heard("floor/room/status", payload, retained=True))
    assert (reading.sensor_id, reading.value) == ("floor/room", kinds.DeviceStatus(online=online))
    parts = heard("room/status", payload, {"room/pir": "motion"})
    assert only(parts).sensor_id == "room/pir"


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("room/debug", "[I][app:100]: ESPHome"),
        ("room/switch/lamp/state", "ON"),
        ("room/sensor/esp_temperature/state", "61"),
        ("room/sensor/bedroom_temperature/state", "nan"),
        ("room/binary_sensor/unknown/state", "ON"),
        ("room/binary_sensor/front_door/state", ""),
        ("room/switch/lamp/command", "ON"),
    ],
)
def test_what_is_known_and_not_for_us_is_passed_over(path: str, payload: str) -> None:
    intake = heard(path, payload)
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize("name", ["motion_enabled", "smoke_update", "help_config", "door_charging"])
def test_what_is_said_of_the_device_is_not_what_it_senses(name: str) -> None:
    assert not heard(f"r/binary_sensor/{name}/state", "ON").readings


@pytest.mark.parametrize(
    ("path", "payload"),
    [("r/binary_sensor/door/state", "ajar"), ("r/sensor/temperature/state", "warm"), ("r/status", "perhaps")],
)
def test_a_fault_says_what_it_is(path: str, payload: str) -> None:
    assert reasons(heard(path, payload)) == [RefusalReason.WRONG_SHAPE]


@given(
    st.sampled_from(("binary_sensor", "sensor", "event", "text_sensor", "switch")),
    st.sampled_from(("hall_motion", "bed", "low_battery", "room_temperature", "x", "-", "가")),
    anything | st.binary(max_size=20) | st.sampled_from((b"ON", b"OFF", b"21.5", b"nan", b"1e400", b"-inf")),
    homes("r", "r/x", "bed", "r/hall_motion"),
    st.booleans(),
)
def test_whatever_an_entity_says_becomes_values_or_reasons(
    component: str, name: str, said: object, home: WatchedHome, retained: bool
) -> None:
    only_values_or_reasons(f"esphome/r/{component}/{name}/state", written(said), home, retained=retained)
    only_values_or_reasons("esphome/r/status", written(said), home, retained=retained)
