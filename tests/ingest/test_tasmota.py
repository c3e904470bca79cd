"""Tasmota beyond the samples."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import RefusalReason, Value, WatchedHome
from contracts import values as kinds
from ingest.intake import Intake
from tests.ingest.laws import anything, homes, objects_of, only_values_or_reasons, written
from tests.ingest.messages import NOON, a_message, only, reasons, taken, values
from tests.ingest.street import a_watched_home


def heard(path: str, payload: str, named: Mapping[str, str] = {}, *, retained: bool = False, **sensors: str) -> Intake:
    return taken(a_message(payload, f"tasmota/{path}", retained=retained), a_watched_home("h-0001", **named, **sensors))


@pytest.mark.parametrize("path", ["tele/plug/SENSOR", "plug/tele/SENSOR", "plug/stat/STATUS8", "stat/plug/RESULT"])
def test_the_full_topic_may_have_either_order(path: str) -> None:
    reading = only(heard(path, '{"SHT3X":{"Humidity":40}}'))
    assert (reading.sensor_id, reading.value) == ("plug", kinds.Humidity(percent=40))


def test_a_part_before_the_device_is_known_by_the_registration() -> None:
    assert only(heard("home/plug/tele/SENSOR", '{"A":{"Humidity":40}}', plug="humidity")).sensor_id == "plug"
    assert only(heard("home/plug/tele/SENSOR", '{"A":{"Humidity":40}}')).sensor_id == "home/plug"


def test_two_probes_of_one_device_have_names_of_their_own() -> None:
    intake = heard("tele/fridge/SENSOR", '{"DS18B20-1":{"Temperature":4},"DS18B20-2":{"Temperature":-18}}')
    assert [(each.sensor_id, each.value) for each in intake.readings] == [
        ("fridge/DS18B20-1", kinds.Temperature(celsius=4)),
        ("fridge/DS18B20-2", kinds.Temperature(celsius=-18)),
    ]


def test_the_heat_of_a_chip_is_not_the_rooms() -> None:
    assert not heard("tele/x/SENSOR", '{"ESP32":{"Temperature":61},"ENERGY":{"BL":{"Temperature":46}}}').readings


@pytest.mark.parametrize(
    ("path", "payload", "value"),
    [
        ("tele/x/SENSOR", '{"A":{"Temperature":212.0},"TempUnit":"F"}', kinds.Temperature(celsius=100)),
        ("tele/x/SENSOR", '{"BH1750":{"Illuminance":12}}', kinds.Illuminance(lux=12)),
        ("tele/x/SENSOR", '{"ENERGY":{"Power":5}}', kinds.Power(watts=5)),
        ("tele/x/STATE", '{"Wifi":{"RSSI":70,"Signal":-65},"Uptime":"1T"}', kinds.LinkQuality(score=70)),
        ("tele/z/SENSOR", '{"ZbReceived":{"0x1":{"Device":"0x1","Contact":1}}}', kinds.Contact(open=True)),
        ("tele/z/SENSOR", '{"ZbReceived":{"0x1":{"Device":"0x1","Water":1}}}', kinds.WaterLeak(active=True)),
        ("tele/z/SENSOR", '{"ZbReceived":{"0x1":{"BatteryPercentage":90}}}', kinds.Battery(percent=90)),
        ("tele/z/SENSOR", '{"0x1":{"Device":"0x1","Occupancy":1}}', kinds.Motion(active=True)),
        ("tele/z/SENSOR", '{"Device":"0x1","Occupancy":1}', kinds.Motion(active=True)),
    ],
)
def test_a_field_means_what_tasmota_documents(path: str, payload: str, value: Value) -> None:
    assert only(heard(path, payload)).value == value


def test_a_zigbee_device_is_known_by_its_name_and_may_be_registered_by_any() -> None:
    payload = '{"ZbReceived":{"0x9":{"Device":"0x9","Name":"door","Endpoint":1,"Contact":0}}}'
    assert only(heard("tele/zb/SENSOR", payload)).sensor_id == "door"
    assert only(heard("tele/zb/SENSOR", payload, {"0x9": "contact"})).sensor_id == "0x9"
    assert only(heard("tele/zb/SENSOR", payload, {"zb/door": "contact"})).sensor_id == "zb/door"


def test_a_zigbee_device_without_a_name_is_its_bridge() -> None:
    assert only(heard("tele/zb/SENSOR", '{"ZbReceived":{"":{"Occupancy":1}}}')).sensor_id == "zb"


def test_a_zone_means_what_it_is_registered_as() -> None:
    payload = '{"ZbReceived":{"0x9":{"Device":"0x9","ZoneStatus":13}}}'
    assert values(heard("tele/zb/SENSOR", payload, {"0x9": "smoke"})) == [
        kinds.Smoke(active=True),
        kinds.Tamper(active=True),
        kinds.Battery(low=True),
    ]


@pytest.mark.parametrize(
    ("path", "payload", "kind", "value"),
    [
        ("tele/x/SENSOR", '{"Switch1":"ON"}', "contact", kinds.Contact(open=True)),
        ("stat/x/RESULT", '{"Switch2":{"Action":"OFF"}}', "motion", kinds.Motion(active=False)),
        ("stat/x/RESULT", '{"Button1":{"Action":"SINGLE"}}', "help_button", kinds.HelpButton()),
        ("stat/x/SWITCH1", "ON", "water_leak", kinds.WaterLeak(active=True)),
        ("stat/x/SWITCH1T", '{"TRIG":"ON"}', "smoke", kinds.Smoke(active=True)),
    ],
)
def test_what_hangs_on_an_input_the_registration_says(path: str, payload: str, kind: str, value: Value) -> None:
    assert not heard(path, payload).readings
    assert only(heard(path, payload, x=kind)).value == value


def test_of_two_inputs_each_needs_its_own_registration() -> None:
    payload = '{"Switch1":"ON","Switch2":"OFF"}'
    assert not heard("tele/x/SENSOR", payload, x="contact").readings
    reading = only(heard("tele/x/SENSOR", payload, {"x/Switch2": "contact"}))
    assert (reading.sensor_id, reading.value) == ("x/Switch2", kinds.Contact(open=False))


def test_a_local_time_is_not_believed_and_one_with_its_offset_is() -> None:
    assert only(heard("tele/x/SENSOR", '{"Time":"2026-11-22T11:59:58","A":{"Humidity":4}}')).observed_at == NOON
    told = only(heard("tele/x/SENSOR", '{"Time":"2026-11-22T11:59:58+09:00","A":{"Humidity":4}}'))
    assert (NOON - told.observed_at).total_seconds() == 2


def test_the_last_will_is_the_devices_and_reaches_its_parts() -> None:
    intake = heard("tele/x/LWT", "Offline", {"x/Switch1": "motion", "x/Switch2": "contact"}, retained=True)
    assert [(each.sensor_id, each.value) for each in intake.readings] == [
        ("x/Switch1", kinds.DeviceStatus(online=False)),
        ("x/Switch2", kinds.DeviceStatus(online=False)),
    ]


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("cmnd/x/POWER", "ON"),
        ("tele/x/INFO1", '{"Info1":{}}'),
        ("tele/x/SENSOR", ""),
        ("tele/x/LWT", ""),
        ("stat/x/RESULT", '{"POWER":"ON"}'),
        ("tele/x/SENSOR", '{"Time":"2026-11-22T11:59:58"}'),
        ("discovery/AABBCC/config", "{}"),
        ("SENSOR", "{}"),
        ("tele/x/SENSOR", '{"A":{"B":{"C":{"D":{"Temperature":20}}}}}'),
    ],
)
def test_what_is_known_and_not_for_us_is_passed_over(path: str, payload: str) -> None:
    intake = heard(path, payload)
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize(
    ("path", "payload", "reason"),
    [
        ("tele/x/SENSOR", "[", RefusalReason.NOT_JSON),
        ("tele/x/SENSOR", "[]", RefusalReason.WRONG_SHAPE),
        ("tele/x/SENSOR", '{"A":{"Temperature":"warm"}}', RefusalReason.WRONG_SHAPE),
        ("tele/x/SENSOR", '{"A":{"Temperature":900}}', RefusalReason.IMPOSSIBLE_VALUE),
        ("tele/x/LWT", "Perhaps", RefusalReason.WRONG_SHAPE),
    ],
)
def test_a_fault_says_what_it_is(path: str, payload: str, reason: RefusalReason) -> None:
    assert reasons(heard(path, payload)) == [reason]


@pytest.mark.parametrize("said", ['"Click":"single"', '"Click":"double"', '"0501!02":""', '"0501!04":""'])
def test_a_registered_zigbee_button_cries_by_any_press(said: str) -> None:
    payload = f'{{"ZbReceived":{{"0x9":{{"Device":"0x9","Name":"sos",{said},"Endpoint":1}}}}}}'
    assert only(heard("tele/zb/SENSOR", payload, sos="help_button")).value == kinds.HelpButton()


def test_of_zigbee_buttons_that_nobody_registered_only_an_emergency_cries() -> None:
    for said, cries in (('"Click":"single"', 0), ('"0501!00":"000"', 0), ('"0501!02":""', 1), ('"0501!04":""', 1)):
        payload = f'{{"ZbReceived":{{"0x9":{{"Device":"0x9",{said},"Endpoint":1}}}}}}'
        assert len(heard("tele/zb/SENSOR", payload).readings) == cries, said


def test_a_registered_sensor_that_says_nothing_we_know_is_told() -> None:
    assert reasons(heard("tele/x/SENSOR", '{"MQ2":{"Raw":17}}', x="gas")) == [RefusalReason.NOTHING_WE_KNOW]
    assert not heard("stat/x/RESULT", '{"PowerOnState":3}', x="gas").refusals, "an answer to a command proves nothing"


@given(
    st.sampled_from(("tele/x/SENSOR", "x/tele/STATE", "stat/x/RESULT", "tele/x/LWT", "stat/x/SWITCH1", "a/b/c")),
    objects_of("tasmota")
    | objects_of("tasmota").map(lambda said: {"ZbReceived": {"0x9": said, "": said}})
    | objects_of("tasmota").map(lambda said: {"ENERGY": said, "A-1": said, "A-2": said, "TempUnit": "F"})
    | anything
    | st.binary(max_size=40),
    homes("x", "x/Switch1", "x/A-1", "0x9", "a/b"),
    st.booleans(),
)
def test_whatever_a_device_says_becomes_values_or_reasons(
    path: str, said: object, home: WatchedHome, retained: bool
) -> None:
    only_values_or_reasons(f"tasmota/{path}", written(said), home, retained=retained)
