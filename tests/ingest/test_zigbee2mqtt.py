"""Zigbee2MQTT beyond the samples."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts import RefusalReason, Value, WatchedHome
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.intake import Intake, take_in
from ingest.learned import Learned
from tests.ingest.laws import anything, homes, objects_of, only_values_or_reasons, written
from tests.ingest.messages import LIMITS, NOON, SHIPPED, a_message, only, reasons, taken, values
from tests.ingest.street import a_watched_home


def heard(path: str, payload: str, *, retained: bool = False, **sensors: str) -> Intake:
    return taken(a_message(payload, f"zigbee2mqtt/{path}", retained=retained), a_watched_home("h-0001", **sensors))


@pytest.mark.parametrize("path", ["zigbee2mqtt/bridge/state", "bridge/state", "upstairs/bridge/state"])
@pytest.mark.parametrize(("payload", "online"), [('{"state":"online"}', True), ("offline", False), (" online\n", True)])
def test_the_zigbee_bridge_says_whether_it_lives(path: str, payload: str, online: bool) -> None:
    reading = only(heard(path, payload, retained=True))
    assert (reading.sensor_id, reading.value) == ("gateway", kinds.GatewayStatus(online=online))


def test_a_device_in_a_folder_is_named_with_its_folder() -> None:
    reading = only(heard("zigbee2mqtt/kitchen/door/availability", "offline", retained=True))
    assert (reading.sensor_id, reading.value) == ("kitchen/door", kinds.DeviceStatus(online=False))


def test_a_base_topic_of_another_name_is_known_by_the_registration() -> None:
    assert only(heard("z2m/door", '{"contact":false}', door="contact")).sensor_id == "door"
    assert only(heard("z2m/door", '{"contact":false}')).sensor_id == "z2m/door"
    assert only(heard("door", '{"contact":false}')).sensor_id == "door"


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("zigbee2mqtt/bridge/logging", "any text"),
        ("zigbee2mqtt/bridge/devices", "[]"),
        ("zigbee2mqtt/bridge/devices", '[{"friendly_name":"x","definition":null}, 7]'),
        ("zigbee2mqtt/bridge/devices", "{"),
        ("zigbee2mqtt/lamp/set", '{"state":"ON"}'),
        ("zigbee2mqtt/lamp/get", "nonsense"),
        ("zigbee2mqtt/lamp", ""),
        ("zigbee2mqtt/lamp", "{}"),
        ("zigbee2mqtt/lamp", '{"color":{"x":1}}'),
        ("zigbee2mqtt/lamp/color_mode", '"hs"'),
        ("zigbee2mqtt/lamp/availability", ""),
        ("zigbee2mqtt/motion", '{"occupancy":null,"battery":null,"illuminance":null,"action":null,"last_seen":null}'),
        ("zigbee2mqtt/button", '{"action":""}'),
        ("zigbee2mqtt/switch", '{"click":"double"}'),
        ("zigbee2mqtt/smoke", '{"test":false}'),
    ],
)
def test_what_is_known_and_not_for_us_is_passed_over(path: str, payload: str) -> None:
    intake = heard(path, payload)
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        ('{"presence":true}', kinds.Presence(present=True)),
        ('{"contact":true}', kinds.Contact(open=False)),
        ('{"gas":"ON"}', kinds.Gas(active=True)),
        ('{"carbon_monoxide":true,"co":85}', kinds.CarbonMonoxide(active=True, ppm=85)),
        ('{"power":12.5}', kinds.Power(watts=12.5)),
        ('{"power_l2":3}', kinds.Power(watts=3, channel=2)),
        ('{"power_phase_c":3}', kinds.Power(watts=3, channel=2)),
        ('{"energy_l1":3}', kinds.Energy(kilowatt_hours=3, channel=1)),
        ('{"energy":1.5}', kinds.Energy(kilowatt_hours=1.5)),
        ('{"battery_low":true}', kinds.Battery(low=True)),
        ('{"battery":12,"battery_low":true}', kinds.Battery(percent=12, low=True)),
        ('{"illuminance":7,"illuminance_lux":null}', kinds.Illuminance(lux=7)),
        ('{"sos":true}', kinds.HelpButton()),
        ('{"action":"panic"}', kinds.HelpButton()),
        ('{"click":"SOS"}', kinds.HelpButton()),
        ('{"test":true}', kinds.TestPressed()),
        ('{"self_test_result":"failure"}', kinds.SelfTest(passed=False)),
        ('{"self_checking_result":"success"}', kinds.SelfTest(passed=True)),
    ],
)
def test_a_property_means_what_zigbee2mqtt_documents(payload: str, value: Value) -> None:
    assert only(heard("zigbee2mqtt/device", payload)).value == value


@pytest.mark.parametrize(
    ("action", "meant"),
    [("single", ButtonAction.PRESSED), ("hold", ButtonAction.PRESSED), ("hold_release", ButtonAction.RELEASED)],
)
def test_a_registered_help_button_cries_by_any_press(action: str, meant: ButtonAction) -> None:
    reading = only(heard("zigbee2mqtt/pendant", f'{{"action":"{action}"}}', pendant="help_button"))
    assert reading.value == kinds.HelpButton(action=meant)


@pytest.mark.parametrize(
    ("path", "payload", "value"),
    [
        ("motion/occupancy", "true", kinds.Motion(active=True)),
        ("th/temperature", "21.5", kinds.Temperature(celsius=21.5)),
        ("pendant/action", "emergency", kinds.HelpButton()),
    ],
)
def test_a_property_may_have_a_topic_of_its_own(path: str, payload: str, value: Value) -> None:
    reading = only(heard(f"zigbee2mqtt/{path}", payload))
    assert (reading.sensor_id, reading.value) == (path.split("/")[0], value)


@pytest.mark.parametrize("last_seen", ['"2026-11-22T02:59:59.000Z"', '"2026-11-22T11:59:59+09:00"', "1795316399000"])
def test_the_time_of_a_device_is_when_it_was_last_seen(last_seen: str) -> None:
    reading = only(heard("zigbee2mqtt/motion", f'{{"occupancy":true,"last_seen":{last_seen}}}'))
    assert (NOON - reading.observed_at).total_seconds() == 1


@pytest.mark.parametrize("last_seen", ['"2026-11-22T02:59:59"', "true", "1e300", "{}"])
def test_an_unreadable_time_is_told_and_the_movement_kept(last_seen: str) -> None:
    intake = heard("zigbee2mqtt/motion", f'{{"occupancy":true,"last_seen":{last_seen}}}')
    assert values(intake) == [kinds.Motion(active=True)]
    assert reasons(intake) == [RefusalReason.TIME_UNREADABLE]


@pytest.mark.parametrize(
    ("path", "payload", "reason"),
    [
        ("zigbee2mqtt/motion", '{"occupancy":"perhaps"}', RefusalReason.WRONG_SHAPE),
        ("zigbee2mqtt/motion", '{"occupancy":[]}', RefusalReason.WRONG_SHAPE),
        ("zigbee2mqtt/th", '{"temperature":"warm"}', RefusalReason.WRONG_SHAPE),
        ("zigbee2mqtt/th", '{"battery_low":"soon"}', RefusalReason.WRONG_SHAPE),
        ("zigbee2mqtt/pendant", '{"action":7}', RefusalReason.WRONG_SHAPE),
        ("zigbee2mqtt", "true", RefusalReason.WRONG_SHAPE),
        ("zigbee2mqtt/th", "[1", RefusalReason.NOT_JSON),
        ("zigbee2mqtt/th", '{"temperature":' + "9" * 400 + "}", RefusalReason.IMPOSSIBLE_VALUE),
        ("zigbee2mqtt/th/availability", "perhaps", RefusalReason.WRONG_SHAPE),
        ("zigbee2mqtt/bridge/state", "[]", RefusalReason.WRONG_SHAPE),
    ],
)
def test_a_fault_says_what_it_is(path: str, payload: str, reason: RefusalReason) -> None:
    assert reasons(heard(path, payload)) == [reason]


def test_a_registered_sensor_that_says_nothing_we_know_is_told_to_the_engineer() -> None:
    assert reasons(heard("zigbee2mqtt/smoke", '{"alarm_1":true}', smoke="smoke")) == [RefusalReason.NOTHING_WE_KNOW]


def test_a_bad_property_does_not_silence_the_alarm_beside_it() -> None:
    intake = heard("zigbee2mqtt/smoke", '{"smoke":true,"battery":"full","battery_low":"no"}')
    assert values(intake) == [kinds.Smoke(active=True)] and reasons(intake) == [RefusalReason.WRONG_SHAPE]


@pytest.mark.parametrize(
    "payload",
    [
        '{"occupancy":false,"no_occupancy_since":60}',
        '{"occupancy":false,"device":{"model":"RTCGQ11LM","friendlyName":"hall"}}',
    ],
)
def test_stillness_that_the_driver_made_up_is_marked(payload: str) -> None:
    assert only(heard("zigbee2mqtt/hall", payload)).value == kinds.Motion(active=False, synthetic=True)


def test_stillness_that_the_sensor_saw_is_not_marked_and_movement_never_is() -> None:
    assert only(heard("zigbee2mqtt/hall", '{"occupancy":false}')).value == kinds.Motion(active=False)
    moved = heard("zigbee2mqtt/hall", '{"occupancy":true,"no_occupancy_since":null,"device":{"model":"RTCGQ11LM"}}')
    assert only(moved).value == kinds.Motion(active=True)


def test_the_bridge_says_which_devices_make_stillness_up() -> None:
    listed = (
        '[{"friendly_name":"hall","definition":{"model":"RTCGQ11LM"}},'
        '{"friendly_name":"lamp","definition":{"model":"LED1545G12"}},{"friendly_name":"x"}]'
    )
    home = a_watched_home("h-0001", hall="motion")
    intake = taken(a_message(listed, "zigbee2mqtt/zigbee2mqtt/bridge/devices", retained=True), home)
    assert [each.name for each in intake.declared] == ["hall"] and not intake.readings and not intake.refusals
    declared = {home.home_id: {(each.dialect, each.name): each for each in intake.declared}}
    learned = Learned(profiles=SHIPPED, declared=declared)
    message = a_message('{"occupancy":false}', "zigbee2mqtt/zigbee2mqtt/hall")
    (reading,) = take_in(message, {home.home_id: home}, LIMITS, learned).readings
    assert reading.value == kinds.Motion(active=False, synthetic=True)
    again = a_message(listed, "zigbee2mqtt/zigbee2mqtt/bridge/devices", retained=True)
    assert not take_in(again, {home.home_id: home}, LIMITS, learned).declared, "what is known is not told again"


def press(at: datetime, *, seen: str = "", duplicate: bool = False) -> Intake:
    last_seen = f',"last_seen":"{seen}"' if seen else ""
    message = a_message(f'{{"action":"single"{last_seen}}}', "zigbee2mqtt/zigbee2mqtt/pendant", at=at)
    return taken(replace(message, duplicate=duplicate), a_watched_home("h-0001", pendant="help_button"))


def test_a_message_that_comes_twice_is_one_reading() -> None:
    first = only(press(NOON, seen="2026-11-22T02:59:59.120Z"))
    again = only(press(NOON + timedelta(seconds=30), seen="2026-11-22T02:59:59.120Z", duplicate=True))
    assert first.reading_id == again.reading_id


def test_two_presses_are_never_one() -> None:
    seen = ("2026-11-22T02:59:59.120Z", "2026-11-22T02:59:59.121Z")
    assert len({only(press(NOON, seen=each)).reading_id for each in seen}) == 2
    # Without a time of its own nothing tells a second press from a second arrival: then both are heard.
    assert len({only(press(NOON + timedelta(milliseconds=each))).reading_id for each in (0, 1)}) == 2


@given(
    st.sampled_from(
        (
            *("zigbee2mqtt/x", "x", "zigbee2mqtt/x/occupancy", "zigbee2mqtt/x/availability"),
            *("zigbee2mqtt/bridge/state", "zigbee2mqtt/bridge/devices", "zigbee2mqtt/x/set"),
        )
    ),
    objects_of("zigbee2mqtt") | anything | st.lists(objects_of("zigbee2mqtt"), max_size=3) | st.binary(max_size=40),
    homes("x", "zigbee2mqtt/x"),
    st.booleans(),
)
def test_whatever_a_device_says_becomes_values_or_reasons(
    path: str, said: object, home: WatchedHome, retained: bool
) -> None:
    only_values_or_reasons(f"zigbee2mqtt/{path}", written(said), home, retained=retained)
