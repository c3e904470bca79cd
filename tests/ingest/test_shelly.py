"""Shelly of both generations beyond the samples."""

import json
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


def heard(
    path: str,
    payload: str | dict[str, object],
    named: Mapping[str, str] = {},
    *,
    retained: bool = False,
    **sensors: str,
) -> Intake:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return taken(a_message(text, f"shelly/{path}", retained=retained), a_watched_home("h-0001", **named, **sensors))


def status(**components: object) -> dict[str, object]:
    told = {name.replace("__", ":"): value for name, value in components.items()}
    return {"src": "shelly-1", "method": "NotifyStatus", "params": {"ts": NOON.timestamp() - 2, **told}}


def event(component: str, name: str, **more: object) -> dict[str, object]:
    told = {"component": component, "event": name, "ts": NOON.timestamp() - 3, **more}
    return {"src": "shelly-1", "method": "NotifyEvent", "params": {"ts": NOON.timestamp(), "events": [told]}}


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (status(flood__0={"alarm": True}), kinds.WaterLeak(active=True)),
        (status(smoke__0={"alarm": True}), kinds.Smoke(active=True)),
        (status(switch__2={"apower": 5}), kinds.Power(watts=5, channel=2)),
        (status(em1__1={"act_power": 5.5}), kinds.Power(watts=5.5, channel=1)),
        (status(em__0={"b_act_power": 7}), kinds.Power(watts=7, channel=1)),
        (status(emdata__0={"c_total_act_energy": 700}), kinds.Energy(kilowatt_hours=0.7, channel=2)),
        (status(illuminance__0={"lux": 30}), kinds.Illuminance(lux=30)),
        (status(presencezone__200={"state": True}), kinds.Presence(present=True)),
        (status(bthomedevice__200={"battery": 90}), kinds.Battery(percent=90)),
        (status(devicepower__0={"battery": {"percent": 5}, "external": {"present": False}}), kinds.Battery(percent=5)),
    ],
)
def test_a_component_means_what_shelly_documents(payload: dict[str, object], value: Value) -> None:
    reading = only(heard("attic/shelly-1/events/rpc", payload))
    assert reading.value == value
    assert (NOON - reading.observed_at).total_seconds() == 2


def test_a_device_is_named_by_its_topic_and_may_be_registered_by_its_source() -> None:
    payload = status(humidity__0={"rh": 40})
    assert only(heard("attic/th/events/rpc", payload)).sensor_id == "attic/th"
    assert only(heard("attic/th/events/rpc", payload, {"shelly-1": "humidity"})).sensor_id == "shelly-1"
    assert only(heard("attic/th/events/rpc", payload, th="humidity")).sensor_id == "th"


def test_a_second_probe_has_a_name_of_its_own() -> None:
    payload = status(temperature__0={"tC": 20}, temperature__100={"tC": 4})
    intake = heard("th/events/rpc", payload)
    assert [each.sensor_id for each in intake.readings] == ["th", "th/temperature:100"]


@pytest.mark.parametrize(
    ("kind", "payload", "value"),
    [
        ("contact", status(input__0={"state": True}), kinds.Contact(open=True)),
        ("motion", status(bthomesensor__201={"value": True}), kinds.Motion(active=True)),
        ("temperature", status(bthomesensor__202={"value": 21.5}), kinds.Temperature(celsius=21.5)),
        ("help_button", event("input:0", "single_push"), kinds.HelpButton()),
        ("help_button", event("input:0", "long_push"), kinds.HelpButton()),
        ("help_button", event("bthomedevice:200", "double_push"), kinds.HelpButton()),
    ],
)
def test_what_hangs_on_a_device_the_registration_says(kind: str, payload: dict[str, object], value: Value) -> None:
    assert not heard("i4/events/rpc", payload).readings
    assert only(heard("i4/events/rpc", payload, i4=kind)).value == value


def test_a_press_is_told_once_although_the_device_tells_its_beginning_and_end_too() -> None:
    for beside in ("btn_down", "btn_up"):
        assert not heard("i4/events/rpc", event("input:0", beside), i4="help_button").readings


def test_a_press_happened_when_the_event_says() -> None:
    reading = only(heard("i4/events/rpc", event("input:0", "single_push"), i4="help_button"))
    assert (NOON - reading.observed_at).total_seconds() == 3


def test_bluetooth_devices_speak_through_the_vendors_script() -> None:
    data = {"motion": 1, "battery": 80, "address": "aa:bb", "pid": 7}
    intake = heard("gw/events/rpc", event("script:1", "shelly-blu", data=data))
    assert {each.sensor_id for each in intake.readings} == {"aa:bb"}
    assert set(values(intake)) == {kinds.Motion(active=True), kinds.Battery(percent=80)}
    pressed = event("script:1", "shelly-blu", data={"button": 1, "address": "aa:bb"})
    assert only(heard("gw/events/rpc", pressed, {"aa:bb": "help_button"})).value == kinds.HelpButton()


@pytest.mark.parametrize(("payload", "online"), [("true", True), ("false", False)])
@pytest.mark.parametrize("path", ["shelly-1/online", "shellies/shelly-1/online"])
def test_a_device_says_whether_it_can_be_reached(path: str, payload: str, online: bool) -> None:
    reading = only(heard(path, payload, retained=True))
    assert (reading.sensor_id, reading.value) == ("shelly-1", kinds.DeviceStatus(online=online))


@pytest.mark.parametrize(
    ("path", "payload", "value"),
    [
        ("relay/0/power", "12.5", kinds.Power(watts=12.5)),
        ("relay/1/energy", "60000", kinds.Energy(kilowatt_hours=1, channel=1)),
        ("emeter/2/power", "7", kinds.Power(watts=7, channel=2)),
        ("emeter/2/total", "7000", kinds.Energy(kilowatt_hours=7, channel=2)),
        ("sensor/temperature", "21.5", kinds.Temperature(celsius=21.5)),
        ("sensor/flood", "true", kinds.WaterLeak(active=True)),
        ("sensor/smoke", "false", kinds.Smoke(active=False)),
        ("sensor/motion", "true", kinds.Motion(active=True)),
        ("sensor/state", "open", kinds.Contact(open=True)),
        ("sensor/state", "close", kinds.Contact(open=False)),
        ("sensor/gas", "heavy", kinds.Gas(active=True)),
        ("sensor/battery", "97", kinds.Battery(percent=97)),
        ("sensor/lux", "12", kinds.Illuminance(lux=12)),
        ("status", '{"motion":true,"timestamp":1795316399}', kinds.Motion(active=True)),
        ("ext_temperature/0", "4.5", kinds.Temperature(celsius=4.5)),
    ],
)
def test_a_topic_of_the_first_generation_means_what_shelly_documents(path: str, payload: str, value: Value) -> None:
    reading = only(heard(f"shellies/shelly1/{path}", payload))
    assert (reading.sensor_id, reading.value) == ("shelly1", value)


def test_an_input_of_the_first_generation_the_registration_says() -> None:
    assert only(heard("shellies/i3/input/0", "1", i3="contact")).value == kinds.Contact(open=True)
    assert only(heard("shellies/i3/input/2", "0", {"i3/input:2": "contact"})).sensor_id == "i3/input:2"
    pressed = heard("shellies/b1/input_event/0", '{"event":"S","event_cnt":2}', b1="help_button")
    assert only(pressed).value == kinds.HelpButton()
    assert not heard("shellies/b1/input_event/0", '{"event":"","event_cnt":2}', b1="help_button").readings


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("shelly-1/rpc", '{"id":1,"method":"Shelly.GetStatus"}'),
        ("shelly-1/events/rpc", ""),
        ("shelly-1/events/rpc", '{"method":"Shelly.Reboot"}'),
        ("shelly-1/events/rpc", status(switch__0={"output": True})),
        ("shelly-1/status/switch:0", '{"id":0,"output":true}'),
        ("x/events/rpc", status(switch__0={"a": {"b": {"c": {"d": 1}}}})),
        ("shellies/announce", '{"id":"x"}'),
        ("shellies/shelly1/info", '{"wifi_sta":{}}'),
        ("shellies/shelly1/relay/0/command", "on"),
        ("shellies/shelly1/sensor/vibration", "1"),
        ("shelly-1/online", ""),
        ("x", "1"),
    ],
)
def test_what_is_known_and_not_for_us_is_passed_over(path: str, payload: str | dict[str, object]) -> None:
    intake = heard(path, payload)
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize(
    ("path", "payload", "reason"),
    [
        ("x/events/rpc", "[", RefusalReason.NOT_JSON),
        ("x/events/rpc", "[]", RefusalReason.WRONG_SHAPE),
        ("x/events/rpc", "{}", RefusalReason.WRONG_SHAPE),
        ("x/events/rpc", '{"method":"NotifyEvent","params":{}}', RefusalReason.WRONG_SHAPE),
        ("x/status/temperature:0", '{"tC":"warm"}', RefusalReason.WRONG_SHAPE),
        ("x/online", "maybe", RefusalReason.WRONG_SHAPE),
        ("shellies/x/sensor/temperature", "999", RefusalReason.IMPOSSIBLE_VALUE),
        ("shellies/x/sensor/state", "ajar", RefusalReason.WRONG_SHAPE),
    ],
)
def test_a_fault_says_what_it_is(path: str, payload: str, reason: RefusalReason) -> None:
    assert reasons(heard(path, payload)) == [reason]


def test_a_registered_device_that_says_nothing_we_know_is_told_and_its_upkeep_is_none() -> None:
    assert reasons(heard("x/events/rpc", status(laser__0={"beam": 1}), x="motion")) == [RefusalReason.NOTHING_WE_KNOW]
    upkeep = status(sys={"cfg_rev": 9}, script__1={"running": True}, wifi={"ssid": "x"})
    assert not heard("x/events/rpc", upkeep, x="motion").refusals


def test_two_presses_are_two_and_one_that_is_told_again_is_one() -> None:
    first = only(heard("i4/events/rpc", event("input:0", "single_push"), i4="help_button"))
    again = only(heard("i4/events/rpc", event("input:0", "single_push"), i4="help_button"))
    later = event("input:0", "single_push", ts=NOON.timestamp() - 2.5)
    second = only(heard("i4/events/rpc", later, i4="help_button"))
    assert first.reading_id == again.reading_id != second.reading_id


@given(
    st.sampled_from(
        (
            *("x/events/rpc", "x/status/input:0", "x/status/wifi", "x/online", "shellies/x/sensor/state"),
            *("shellies/x/relay/0/power", "shellies/x/input_event/0", "shellies/x/status", "a/b/c"),
        )
    ),
    objects_of("shelly")
    | objects_of("shelly").map(lambda said: {"method": "NotifyStatus", "params": said})
    | st.lists(objects_of("shelly") | anything, max_size=3).map(
        lambda said: {"method": "NotifyEvent", "params": {"ts": 1795316398.5, "events": said}}
    )
    | objects_of("shelly").map(
        lambda said: {
            "method": "NotifyEvent",
            "params": {"events": [{"event": "shelly-blu", "component": "script:1", "data": {"address": "a", **said}}]},
        }
    )
    | anything
    | st.binary(max_size=40),
    homes("x", "x/input:0", "a", "a/b"),
    st.booleans(),
)
def test_whatever_a_device_says_becomes_values_or_reasons(
    path: str, said: object, home: WatchedHome, retained: bool
) -> None:
    only_values_or_reasons(f"shelly/{path}", written(said), home, retained=retained)
