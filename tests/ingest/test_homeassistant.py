"""Home Assistant: a state means what its discovery says, whatever the topic is called."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from contracts import RefusalReason, Value
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.declarations import declared_with
from ingest.decode.homeassistant_templates import parse, rendered
from ingest.message import Command
from tests.ingest.gateway import Gateway
from tests.ingest.messages import NOON, a_message, only, reasons, values
from tests.ingest.test_samples import payload_of, samples


def gateway_of(**sensors: str) -> Gateway:
    return Gateway("homeassistant", **sensors)


GARDEN = {"name": None, "device_class": "motion", "state_topic": "garden/motion", "unique_id": "motion01ad",
          "device": {"identifiers": ["01ad"], "name": "Garden"}}  # fmt: skip


def discovered(component: str, fields: Mapping[str, object], **sensors: str) -> Gateway:
    gateway = gateway_of(**sensors)
    intake = gateway.says(f"homeassistant/{component}/thing/config", {"state_topic": "t", **fields}, retained=True)
    assert not intake.refusals and not intake.readings and intake.declared
    return gateway


def test_the_documents_sample_means_what_its_discovery_says() -> None:
    config, state = samples("ha-discovery")
    gateway = gateway_of()
    for sample in (config, state):
        intake = gateway.hears(
            a_message(payload_of(sample), f"homeassistant/{sample['topic']}", retained=sample.get("retain", False))
        )
        assert not intake.refusals
    assert (only(intake).sensor_id, only(intake).value) == ("motion01ad", kinds.Motion(active=True))


def test_a_discovery_is_a_declaration_even_when_the_broker_kept_it() -> None:
    assert gateway_of().says("homeassistant/binary_sensor/garden/config", GARDEN, retained=True).declared
    assert gateway_of().says("homeassistant/binary_sensor/garden/config", GARDEN).declared


def test_a_discovery_that_comes_twice_declares_once() -> None:
    gateway = gateway_of()
    assert gateway.says("homeassistant/binary_sensor/garden/config", GARDEN).declared
    assert not gateway.says("homeassistant/binary_sensor/garden/config", GARDEN).declared


def test_a_discovery_is_taken_back_by_an_empty_payload() -> None:
    gateway = gateway_of()
    gateway.says("homeassistant/binary_sensor/garden/config", GARDEN)
    gateway.says("homeassistant/binary_sensor/garden/config", "", retained=True)
    assert not gateway.declared
    assert reasons(gateway.says("garden/motion", "ON")) == [RefusalReason.UNDECLARED]


def test_a_discovery_that_moves_to_another_topic_leaves_the_old_one() -> None:
    gateway = gateway_of()
    gateway.says("homeassistant/binary_sensor/garden/config", GARDEN)
    gateway.says("homeassistant/binary_sensor/garden/config", {**GARDEN, "state_topic": "elsewhere"})
    assert values(gateway.says("elsewhere", "ON")) == [kinds.Motion(active=True)]
    assert reasons(gateway.says("garden/motion", "ON")) == [RefusalReason.UNDECLARED]


def test_a_state_before_its_discovery_asks_for_it_once_a_minute() -> None:
    gateway = gateway_of()
    first = gateway.says("garden/motion", "ON")
    assert reasons(first) == [RefusalReason.UNDECLARED]
    assert first.commands == (Command(topic="homeassistant/homeassistant/status", payload=b"online"),)
    assert not gateway.says("garden/motion", "ON", at=NOON + timedelta(seconds=59)).commands
    assert gateway.says("garden/motion", "ON", at=NOON + timedelta(seconds=60)).commands
    gateway.says("homeassistant/binary_sensor/garden/config", GARDEN)
    assert values(gateway.says("garden/motion", "ON")) == [kinds.Motion(active=True)]


def test_that_a_home_was_asked_is_not_stored() -> None:
    assert all(each.volatile for each in gateway_of().says("garden/motion", "ON").declared)


def test_who_cannot_be_remembered_is_not_asked() -> None:
    gateway = gateway_of()
    gateway.declared = declared_with({}, (d for n in range(3_000) for d in gateway_of().says("x", "y").declared))
    assert gateway.says("x", "y", at=NOON + timedelta(seconds=1)).commands == ()


@pytest.mark.parametrize("name", ["motion01ad", "garden", "01ad", "Garden"])
def test_the_sensor_is_the_registered_one_by_any_of_its_names(name: str) -> None:
    gateway = gateway_of(**{name: "motion"})
    gateway.says("homeassistant/binary_sensor/garden/config", GARDEN)
    assert only(gateway.says("garden/motion", "OFF")).sensor_id == name


@pytest.mark.parametrize(
    ("fields", "payload", "value"),
    [
        ({"dev_cla": "motion"}, "ON", kinds.Motion(active=True)),
        ({"dev_cla": "occupancy"}, "OFF", kinds.Motion(active=False)),
        ({"dev_cla": "presence"}, "ON", kinds.Presence(present=True)),
        ({"dev_cla": "door"}, "ON", kinds.Contact(open=True)),
        ({"dev_cla": "window", "pl_on": "open", "pl_off": "shut"}, "shut", kinds.Contact(open=False)),
        ({"dev_cla": "opening", "payload_on": True, "payload_off": False,
          "val_tpl": "{{ value_json.contact }}"}, '{"contact": false}', kinds.Contact(open=False)),
        ({"dev_cla": "smoke"}, "ON", kinds.Smoke(active=True)),
        ({"dev_cla": "heat"}, "ON", kinds.Heat(active=True)),
        ({"dev_cla": "gas"}, "ON", kinds.Gas(active=True)),
        ({"dev_cla": "carbon_monoxide"}, "ON", kinds.CarbonMonoxide(active=True)),
        ({"dev_cla": "moisture"}, "OFF", kinds.WaterLeak(active=False)),
        ({"dev_cla": "tamper"}, "ON", kinds.Tamper(active=True)),
        ({"dev_cla": "battery"}, "ON", kinds.Battery(low=True)),
        ({"dev_cla": "connectivity"}, "OFF", kinds.DeviceStatus(online=False)),
        ({"dev_cla": "motion", "off_dly": 30}, "ON", kinds.Motion(active=True)),
        ({"uniq_id": "hall_motion"}, "ON", kinds.Motion(active=True)),
        ({"uniq_id": "front_contact"}, "ON", kinds.Contact(open=True)),
    ],
)  # fmt: skip
def test_a_binary_sensor_means_its_device_class(fields: dict[str, object], payload: str, value: Value) -> None:
    assert only(discovered("binary_sensor", fields).says("t", payload)).value == value


@pytest.mark.parametrize(
    ("fields", "payload", "value"),
    [
        ({"dev_cla": "temperature", "unit_of_meas": "°C"}, "21.5", kinds.Temperature(celsius=21.5)),
        ({"dev_cla": "temperature"}, "21.5", kinds.Temperature(celsius=21.5)),
        ({"dev_cla": "temperature", "unit_of_meas": "°F"}, "68", kinds.Temperature(celsius=20)),
        ({"dev_cla": "temperature", "unit_of_meas": "K"}, "293.15", kinds.Temperature(celsius=20)),
        ({"unit_of_meas": "°F"}, "32", kinds.Temperature(celsius=0)),
        ({"dev_cla": "humidity", "unit_of_meas": "%"}, "40", kinds.Humidity(percent=40)),
        ({"dev_cla": "illuminance", "unit_of_meas": "lx"}, "12", kinds.Illuminance(lux=12)),
        ({"dev_cla": "power", "unit_of_meas": "mW"}, "1500", kinds.Power(watts=1.5)),
        ({"dev_cla": "power", "unit_of_meas": "kW"}, "1.5", kinds.Power(watts=1500)),
        ({"dev_cla": "energy", "unit_of_meas": "Wh"}, "2500", kinds.Energy(kilowatt_hours=2.5)),
        ({"dev_cla": "energy", "unit_of_meas": "MWh"}, "2", kinds.Energy(kilowatt_hours=2000)),
        ({"dev_cla": "battery", "unit_of_meas": "%", "ent_cat": "diagnostic"}, "97", kinds.Battery(percent=97)),
        ({"dev_cla": "signal_strength", "unit_of_meas": "dBm"}, "-61", kinds.LinkQuality(score=-61)),
        ({"dev_cla": "carbon_monoxide", "unit_of_meas": "ppm"}, "85", kinds.CarbonMonoxide(active=False, ppm=85)),
        ({"dev_cla": "water", "unit_of_meas": "m³"}, "1.5", kinds.WaterFlow(litres_total=1500)),
        ({"dev_cla": "temperature", "val_tpl": "{{ value_json['ENERGY']['T'] | float | round(1) }}"},
         '{"ENERGY": {"T": "21.46"}}', kinds.Temperature(celsius=21.5)),
    ],
)  # fmt: skip
def test_a_sensor_means_its_device_class_in_its_unit(fields: dict[str, object], payload: str, value: Value) -> None:
    said = only(discovered("sensor", fields).says("t", payload)).value
    assert type(said) is type(value)
    for field in value.__struct_fields__:
        assert getattr(said, field) == pytest.approx(getattr(value, field))


@pytest.mark.parametrize(
    ("component", "fields", "payload"),
    [
        ("binary_sensor", {"dev_cla": "lock"}, "ON"),
        ("binary_sensor", {"dev_cla": "motion"}, "unavailable"),
        ("binary_sensor", {"dev_cla": "motion", "val_tpl": "{{ value_json.occupancy }}"}, '{"other": 1}'),
        ("binary_sensor", {"dev_cla": "motion", "val_tpl": "{{ value_json.occupancy }}"}, '{"occupancy": null}'),
        ("sensor", {"dev_cla": "temperature", "ent_cat": "diagnostic", "unit_of_meas": "°C"}, "61"),
        ("sensor", {"dev_cla": "pressure", "unit_of_meas": "hPa"}, "1013"),
        ("sensor", {"dev_cla": "timestamp"}, "2026-11-22T03:00:00+00:00"),
        ("sensor", {"uniq_id": "uptime"}, "any text"),
        ("light", {}, "ON"),
        ("light", {"bri_stat_t": "t"}, "255"),
        ("sensor", {"stat_t": "other", "json_attr_t": "t"}, '{"temperature": 20}'),
        ("light", {}, ""),
    ],
)
def test_what_is_explained_and_not_for_us_is_passed_over(
    component: str, fields: dict[str, object], payload: str
) -> None:
    intake = discovered(component, fields).says("t", payload)
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize(
    ("component", "fields", "payload", "reason"),
    [
        ("binary_sensor", {"dev_cla": "motion"}, "perhaps", RefusalReason.WRONG_SHAPE),
        ("sensor", {"dev_cla": "temperature"}, "warm", RefusalReason.WRONG_SHAPE),
        ("sensor", {"dev_cla": "temperature", "unit_of_meas": "furlong"}, "20", RefusalReason.WRONG_SHAPE),
        ("sensor", {"dev_cla": "temperature"}, "1e9", RefusalReason.IMPOSSIBLE_VALUE),
        ("sensor", {"dev_cla": "temperature"}, "inf", RefusalReason.IMPOSSIBLE_VALUE),
        ("sensor", {"val_tpl": "{{ value_json.x }}"}, "no json", RefusalReason.NOT_JSON),
        ("sensor", {}, b"\xff", RefusalReason.NOT_TEXT),
    ],
)
def test_a_state_that_contradicts_its_discovery_is_refused(
    component: str, fields: dict[str, object], payload: str, reason: RefusalReason
) -> None:
    assert reasons(discovered(component, fields).says("t", payload)) == [reason]


def test_a_registered_chair_is_no_movement() -> None:
    gateway = discovered("binary_sensor", {"dev_cla": "occupancy", "uniq_id": "chair"}, chair="occupancy")
    assert only(gateway.says("t", "ON")).value == kinds.Occupancy(occupied=True)


def test_a_problem_of_a_registered_help_button_is_a_cry() -> None:
    gateway = discovered("binary_sensor", {"dev_cla": "safety", "uniq_id": "pendant"}, pendant="help_button")
    assert only(gateway.says("t", "ON")).value == kinds.HelpButton()


@pytest.mark.parametrize("fields", [{"dev_cla": "update"}, {"dev_cla": "running"}, {"uniq_id": "x_calibrated"}])
def test_an_entity_beside_the_alarm_of_its_device_is_no_alarm(fields: dict[str, object]) -> None:
    gateway = discovered("binary_sensor", {**fields, "dev": {"ids": ["detector"]}}, detector="smoke")
    assert not gateway.says("t", "ON").readings


def test_a_measured_gas_takes_no_alarm_back() -> None:
    fields = {"dev_cla": "carbon_monoxide", "uniq_id": "co_ppm", "dev": {"ids": "detector"}}
    gateway = discovered("sensor", fields, detector="carbon_monoxide")
    assert only(gateway.says("t", "0")).sensor_id == "co_ppm"


@pytest.mark.parametrize("payload", ['{"event_type": "press"}', '{"event_type": "double_press", "x": 1}'])
def test_an_event_of_a_registered_help_button_is_a_cry(payload: str) -> None:
    gateway = discovered("event", {"uniq_id": "pendant", "dev_cla": "button"}, pendant="help_button")
    assert only(gateway.says("t", payload)).value == kinds.HelpButton()


def test_a_doorbell_is_no_cry_and_an_sos_is() -> None:
    gateway = discovered("event", {"uniq_id": "bell"})
    assert not gateway.says("t", '{"event_type": "press"}').readings
    assert only(gateway.says("t", '{"event_type": "sos"}')).value == kinds.HelpButton()


def test_a_trigger_is_a_button() -> None:
    fields = {"atype": "trigger", "t": "zigbee/pendant/action", "pl": "single", "type": "button_short_press",
              "stype": "button_1", "dev": {"ids": ["pendant"]}, "stat_t": None}  # fmt: skip
    gateway = discovered("device_automation", fields, pendant="help_button")
    assert only(gateway.says("zigbee/pendant/action", "single")).value == kinds.HelpButton()
    assert not gateway.says("zigbee/pendant/action", "double").readings
    released = discovered("device_automation", {**fields, "type": "button_long_release"}, pendant="help_button")
    assert only(released.says("zigbee/pendant/action", "single")).value == kinds.HelpButton(
        action=ButtonAction.RELEASED
    )


def test_short_keys_and_the_base_topic_are_written_out() -> None:
    fields = {"~": "zigbee/hall", "stat_t": "~/state", "avty": {"t": "~/status"}, "avty_t": "~/lwt"}
    gateway = discovered("binary_sensor", {**fields, "dev_cla": "motion"})
    assert values(gateway.says("zigbee/hall/state", "ON")) == [kinds.Motion(active=True)]
    assert values(gateway.says("zigbee/hall/status", "offline")) == [kinds.DeviceStatus(online=False)]
    assert values(gateway.says("zigbee/hall/lwt", "online", retained=True)) == [kinds.DeviceStatus(online=True)]


def test_a_device_declares_its_components_at_once_and_takes_one_back() -> None:
    config = {
        "dev": {"ids": "ea33", "name": "Kitchen"}, "o": {"name": "bla2mqtt"}, "state_topic": "kitchen/state",
        "avty_t": "kitchen/lwt",
        "cmps": {
            "id1": {"p": "sensor", "device_class": "temperature", "unit_of_measurement": "°C",
                    "value_template": "{{ value_json.temperature}}", "unique_id": "temp01ae_t"},
            "id2": {"p": "sensor", "device_class": "humidity", "unit_of_measurement": "%",
                    "value_template": "{{ value_json.humidity}}", "unique_id": "temp01ae_h"},
            "id3": {"p": "binary_sensor"},
        },
    }  # fmt: skip
    gateway = gateway_of()
    assert not gateway.says("homeassistant/device/ea33/config", config, retained=True).refusals
    intake = gateway.says("kitchen/state", {"temperature": 21.5, "humidity": 40})
    assert [(each.sensor_id, each.value) for each in intake.readings] == [
        ("temp01ae_t", kinds.Temperature(celsius=21.5)), ("temp01ae_h", kinds.Humidity(percent=40)),
    ]  # fmt: skip
    assert len(gateway.says("kitchen/lwt", "offline").readings) == 2
    config["cmps"] = {**config["cmps"], "id2": {"p": "sensor"}}  # type: ignore[dict-item]
    gateway.says("homeassistant/device/ea33/config", config)
    assert values(gateway.says("kitchen/state", {"temperature": 20, "humidity": 40})) == [kinds.Temperature(celsius=20)]
    gateway.says("homeassistant/device/ea33/config", "")
    assert not gateway.declared


@pytest.mark.parametrize(
    ("mode", "said", "online"),
    [("latest", "online", True), ("all", "online", False), ("any", "offline", False), ("any", "online", True)],
)
def test_a_device_of_several_availabilities_is_there_by_its_mode(mode: str, said: str, online: bool) -> None:
    several = [{"t": "bridge", "val_tpl": "{{ value_json.state }}"}, {"t": "lwt", "pl_avail": "online"}]
    gateway = discovered("binary_sensor", {"dev_cla": "motion", "avty": several, "avty_mode": mode})
    assert only(gateway.says("bridge", {"state": "offline"})).value == kinds.DeviceStatus(online=False)
    assert only(gateway.says("lwt", said)).value == kinds.DeviceStatus(online=online)
    assert not gateway.says("lwt", "perhaps").readings


@pytest.mark.parametrize(
    ("template", "trouble"),
    [
        ("{{ value_json.x | regex_replace('a','b') }}", "regular expression"),
        ("{% if value == 'a' %}ON{% endif %}", "a statement"),
        ("{{ value_json.x | default(0) }}", "filter default"),
        ("{{ 'ON' if value_json.x else 'OFF' }}", "a condition"),
        ("{{ value_json.x * 2 }}", "an expression"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "an expression"),
        ("{{ value.__class__ }}", "plain value"),
        ("{{ " + "value" * 500 + " }}", "512"),
    ],
)
def test_a_template_beyond_us_is_refused_by_name_and_never_run(template: str, trouble: str) -> None:
    gateway = gateway_of(pendant="help_button")
    config = {"state_topic": "t", "unique_id": "pendant", "value_template": template}
    intake = gateway.says("homeassistant/sensor/pendant/config", config)
    assert reasons(intake) == [RefusalReason.TEMPLATE_NOT_READ] and trouble in intake.refusals[0].detail
    assert reasons(gateway.says("t", "x")) == [RefusalReason.TEMPLATE_NOT_READ]
    stranger = gateway_of()
    stranger.says("homeassistant/sensor/pendant/config", config)
    assert not stranger.says("t", "x").refusals


@pytest.mark.parametrize(
    ("template", "payload", "value"),
    [
        ("{{ value }}", "12", "12"),
        ("{{value|int}}", "12.7", 12),
        ("{{ value | float(0) }}", "x", 0.0),
        ("{{ value_json.a.b }}", '{"a": {"b": true}}', True),
        ("{{- value_json[\"a b\"]['c'].d -}}", '{"a b": {"c": {"d": "x"}}}', "x"),
        ("{{ value_json.list[1] }}", '{"list": [1, 2]}', 2),
        ("{{ value_json.list[7] }}", '{"list": [1, 2]}', None),
        ("{{ value_json.a }}", "[]", None),
        ("{{ value_json.a }}", '{"a": {}}', None),
        ("{{ value_json }}", "21.5", 21.5),
        ("{{ value_json.a | int | round(2) }}", '{"a": 1e400}', None),
        ("{{ value_json.a | round(1) }}", '{"a": "x"}', None),
        ("", "x", "x"),
    ],
)
def test_a_template_of_a_simple_form_is_read(template: str, payload: str, value: object) -> None:
    try:
        said: object = json.loads(payload)
    except ValueError:
        said = None
    assert rendered(parse(template), payload, said) == value


@pytest.mark.parametrize(
    ("path", "payload", "sensors", "value"),
    [
        ("x/hall/state", "ON", {"hall": "motion"}, kinds.Motion(active=True)),
        ("x/hall", "OFF", {"hall": "contact"}, kinds.Contact(open=False)),
        ("hall/temperature", "21.5", {"hall": "motion"}, kinds.Temperature(celsius=21.5)),
        ("pendant", "single", {"pendant": "help_button"}, kinds.HelpButton()),
        ("x/hall", '{"occupancy": true, "uptime": 1}', {"hall": "motion"}, kinds.Motion(active=True)),
        (
            "base/sensor/bedroom/state",
            '{"temperature": 21.5}',
            {"bedroom": "temperature"},
            kinds.Temperature(celsius=21.5),
        ),
    ],
)
def test_an_undeclared_state_is_read_by_the_registration(
    path: str, payload: str, sensors: dict[str, str], value: Value
) -> None:
    assert only(gateway_of(**sensors).says(path, payload)).value == value


@pytest.mark.parametrize(
    ("path", "payload", "value"),
    [
        ("base/binary_sensor/hall_motion/state", '"on"', kinds.Motion(active=True)),
        ("base/binary_sensor/hall_motion/state", "off", kinds.Motion(active=False)),
        ("binary_sensor/front_door/state", '"on"', kinds.Contact(open=True)),
        ("base/sensor/hall_temperature/state", '"21.5"', kinds.Temperature(celsius=21.5)),
        ("base/sensor/hall_battery/state", "97", kinds.Battery(percent=97)),
        ("base/binary_sensor/hall_motion/state", '"unavailable"', kinds.DeviceStatus(online=False)),
        ("base/event/pendant/event_type", '"sos"', kinds.HelpButton()),
    ],
)
def test_the_state_stream_is_read_by_the_names_of_its_entities(path: str, payload: str, value: Value) -> None:
    assert only(gateway_of().says(path, payload)).value == value


def test_the_state_stream_explains_itself_by_its_attributes() -> None:
    gateway = gateway_of()
    assert reasons(gateway.says("base/binary_sensor/x/state", "on")) == [RefusalReason.UNDECLARED]
    gateway.says("base/binary_sensor/x/device_class", '"smoke"', retained=True)
    gateway.says("base/sensor/y/unit_of_measurement", '"°F"', retained=True)
    assert only(gateway.says("base/binary_sensor/x/state", '"on"')).value == kinds.Smoke(active=True)
    assert only(gateway.says("base/sensor/y/state", '"50"')).value == kinds.Temperature(celsius=10)


@pytest.mark.parametrize("name", ["binary_sensor.x", "x", "binary_sensor/x"])
def test_an_entity_of_the_state_stream_is_the_registered_sensor(name: str) -> None:
    gateway = gateway_of(**{name: "motion"})
    assert only(gateway.says("base/binary_sensor/x/state", '"on"')).sensor_id == name


def test_an_entity_that_comes_back_is_there_again() -> None:
    gateway = gateway_of(x="motion")
    gateway.says("base/binary_sensor/x/state", "unavailable")
    intake = gateway.says("base/binary_sensor/x/state", '"off"')
    assert values(intake) == [kinds.DeviceStatus(online=True), kinds.Motion(active=False)]
    assert values(gateway.says("base/binary_sensor/x/state", '"off"')) == [kinds.Motion(active=False)]


@pytest.mark.parametrize("sample", samples("ha-statestream"), ids=lambda sample: sample["topic"])
def test_a_lamp_of_the_state_stream_is_none_of_our_business(sample: dict[str, Any]) -> None:
    intake = gateway_of().says(sample["topic"], payload_of(sample))
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("base/light/x/state", "on"),
        ("base/binary_sensor/x/friendly_name", '"Hall"'),
        ("base/binary_sensor/x/state", '"unknown"'),
        ("base/event/x/state", '"2026-11-22T03:00:00+00:00"'),
        ("zigbee/x/set", "ON"),
        ("zigbee/x", ""),
        ("homeassistant/status", ""),
        ("homeassistant/sensor/x/config", ""),
    ],
)
def test_what_is_known_and_not_for_us_is_passed_over(path: str, payload: str) -> None:
    intake = gateway_of().says(path, payload)
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize(("payload", "online"), [("online", True), ("offline", False)])
def test_home_assistant_says_whether_it_lives(payload: str, online: bool) -> None:
    reading = only(gateway_of().says("homeassistant/status", payload, retained=True))
    assert (reading.sensor_id, reading.value) == ("gateway", kinds.GatewayStatus(online=online))


@pytest.mark.parametrize(
    ("path", "payload", "reason"),
    [
        ("homeassistant/sensor/x/config", "no json", RefusalReason.NOT_JSON),
        ("homeassistant/sensor/x/config", "[]", RefusalReason.WRONG_SHAPE),
        ("homeassistant/device/x/config", "{}", RefusalReason.WRONG_SHAPE),
        ("homeassistant/device/x/config", {"cmps": {f"{n}": {} for n in range(201)}}, RefusalReason.WRONG_SHAPE),
    ],
)
def test_a_discovery_that_is_none_is_refused(path: str, payload: object, reason: RefusalReason) -> None:
    gateway = gateway_of()
    assert reasons(gateway.says(path, payload)) == [reason]
    assert not gateway.declared


def test_words_of_another_release_are_as_if_they_were_not_said() -> None:
    gateway = gateway_of()
    gateway.says("homeassistant/binary_sensor/garden/config", GARDEN)
    gateway.declared = {key: structs.replace(word, meaning=b"<odd>") for key, word in gateway.declared.items()}
    assert reasons(gateway.says("garden/motion", "ON")) == [RefusalReason.UNDECLARED]
    gateway.says("homeassistant/binary_sensor/garden/config", GARDEN)
    assert values(gateway.says("garden/motion", "ON")) == [kinds.Motion(active=True)]
    gateway.declared = {
        key: structs.replace(word, meaning=b"<odd>") if key[1].startswith("config") else word
        for key, word in gateway.declared.items()
    }
    assert reasons(gateway.says("garden/motion", "ON")) == [RefusalReason.UNDECLARED]


def test_the_base_may_stand_at_the_end_of_a_topic() -> None:
    gateway = discovered("binary_sensor", {"~": "hall", "stat_t": "zigbee/~", "dev_cla": "motion", "avty_t": "fixed"})
    assert values(gateway.says("zigbee/hall", "ON")) == [kinds.Motion(active=True)]
    assert values(gateway.says("fixed", "offline")) == [kinds.DeviceStatus(online=False)]


def test_a_device_counts_as_its_alarm_only_by_its_alarm() -> None:
    gateway = discovered("binary_sensor", {"dev_cla": "smoke", "dev": {"ids": "detector"}}, detector="smoke")
    gateway.says("homeassistant/sensor/word/config", {"stat_t": "w", "dev": {"ids": "detector"}})
    assert not gateway.says("w", "on").readings
    assert only(gateway.says("t", "ON")).value == kinds.Smoke(active=True)


def test_a_wrong_state_of_the_state_stream_is_refused() -> None:
    gateway = gateway_of()
    gateway.says("base/sensor/y/device_class", "temperature")
    assert reasons(gateway.says("base/sensor/y/state", "warm")) == [RefusalReason.WRONG_SHAPE]
