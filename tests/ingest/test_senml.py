"""SenML beyond the samples of the standard."""

import json
import struct
from datetime import timedelta

import pytest

from contracts import RefusalReason, Value
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.decode import cbor
from ingest.intake import Intake
from tests.ingest.messages import NOON, a_message, only, reasons, taken, values
from tests.ingest.street import a_watched_home


def heard(*records: object, **sensors: str) -> Intake:
    return taken(a_message(json.dumps(records), "senml/x"), a_watched_home("h-0001", **sensors))


@pytest.mark.parametrize(
    ("record", "value"),
    [
        ({"u": "K", "v": 300.0}, kinds.Temperature(celsius=300.0 - 273.15)),
        ({"u": "%RH", "v": 40}, kinds.Humidity(percent=40)),
        ({"u": "lx", "v": 40}, kinds.Illuminance(lux=40)),
        ({"u": "W", "v": 40}, kinds.Power(watts=40)),
        ({"u": "kW", "v": 2}, kinds.Power(watts=2000)),
        ({"u": "J", "v": 3_600_000}, kinds.Energy(kilowatt_hours=1)),
        ({"u": "Wh", "v": 500}, kinds.Energy(kilowatt_hours=0.5)),
        ({"u": "kWh", "v": 5}, kinds.Energy(kilowatt_hours=5)),
        ({"u": "%EL", "v": 5}, kinds.Battery(percent=5)),
        ({"u": "beat/min", "v": 60}, kinds.VitalSigns(heart_per_minute=60)),
        ({"u": "beats", "v": 60}, kinds.VitalSigns(heart_per_minute=60)),
        ({"u": "l", "v": 7}, kinds.WaterFlow(litres_total=7)),
        ({"u": "m3", "v": 7}, kinds.WaterFlow(litres_total=7000)),
        ({"u": "l/s", "v": 0.5}, kinds.WaterFlow(litres_per_minute=30)),
        ({"u": "m3/s", "v": 0.001}, kinds.WaterFlow(litres_per_minute=60)),
        ({"u": "W", "s": 3_600_000}, kinds.Energy(kilowatt_hours=1)),
        ({"u": "l/s", "s": 12}, kinds.WaterFlow(litres_total=12)),
        ({"u": "m3/s", "s": 1}, kinds.WaterFlow(litres_total=1000)),
        ({"n": "dev:pulse", "u": "1/min", "v": 61}, kinds.VitalSigns(heart_per_minute=61)),
        ({"n": "dev:resp", "u": "1/min", "v": 14}, kinds.VitalSigns(breath_per_minute=14)),
        ({"n": "dev:hum", "u": "/", "v": 0.5}, kinds.Humidity(percent=50)),
        ({"n": "dev:humidity", "u": "%", "v": 50}, kinds.Humidity(percent=50)),
        ({"n": "dev:battery", "u": "%", "v": 50}, kinds.Battery(percent=50)),
        ({"n": "dev:battery", "u": "/", "v": 0.5}, kinds.Battery(percent=50)),
        ({"n": "dev:motion", "vb": True}, kinds.Motion(active=True)),
        ({"n": "dev:presence", "vb": True}, kinds.Presence(present=True)),
        ({"n": "dev:bed", "vb": True}, kinds.Occupancy(occupied=True)),
        ({"n": "dev:door", "vb": True}, kinds.Contact(open=True)),
        ({"n": "dev:contact", "vb": True}, kinds.Contact(open=False)),
        ({"n": "dev:sos", "vb": True}, kinds.HelpButton()),
        ({"n": "dev:fall", "vb": True}, kinds.Fall()),
        ({"n": "dev:smoke", "vb": True}, kinds.Smoke(active=True)),
        ({"n": "dev:heat_alarm", "vb": True}, kinds.Heat(active=True)),
        ({"n": "dev:gas", "vb": True}, kinds.Gas(active=True)),
        ({"n": "dev:co", "vb": True}, kinds.CarbonMonoxide(active=True)),
        ({"n": "dev:water_leak", "vb": True}, kinds.WaterLeak(active=True)),
        ({"n": "dev:tamper", "vb": True}, kinds.Tamper(active=True)),
        ({"n": "dev:battery_low", "vb": True}, kinds.Battery(low=True)),
        ({"n": "dev:medication", "vb": True}, kinds.Medication(taken=True)),
        ({"n": "dev:online", "vb": False}, kinds.DeviceStatus(online=False)),
        ({"n": "dev:mains", "vb": False}, kinds.GatewayStatus(mains=False)),
        ({"n": "dev:action", "vs": "sos"}, kinds.HelpButton()),
    ],
)
def test_a_record_means_what_its_unit_or_its_name_says(record: dict[str, object], value: Value) -> None:
    reading = only(heard({"n": "dev", **record}))
    assert (reading.sensor_id, reading.value) == ("dev", value)


@pytest.mark.parametrize(
    ("kind", "record", "value"),
    [
        ("occupancy", {"vb": True}, kinds.Occupancy(occupied=True)),
        ("contact", {"vb": True}, kinds.Contact(open=True)),
        ("contact", {"vs": "Closed"}, kinds.Contact(open=False)),
        ("heat", {"vb": False}, kinds.Heat(active=False)),
        ("help_button", {"vb": False}, kinds.HelpButton(action=ButtonAction.RELEASED)),
        ("help_button", {"vs": "single"}, kinds.HelpButton()),
        ("help_button", {"vs": "released"}, kinds.HelpButton(action=ButtonAction.RELEASED)),
    ],
)
def test_the_registration_says_what_a_flag_means(kind: str, record: dict[str, object], value: Value) -> None:
    assert only(heard({"n": "thing", **record}, thing=kind)).value == value


def test_the_base_stands_for_the_records_that_follow() -> None:
    intake = heard(
        {"bn": "dev:", "bu": "Cel", "bt": -60, "bv": 20}, {"n": "temp", "v": 1}, {"n": "temp", "v": 2, "t": 30}
    )
    assert values(intake) == [kinds.Temperature(celsius=21), kinds.Temperature(celsius=22)]
    assert [NOON - each.observed_at for each in intake.readings] == [timedelta(seconds=60), timedelta(seconds=30)]


def test_a_base_sum_is_added_to_each_sum() -> None:
    assert values(heard({"n": "dev", "bs": 1_800_000, "u": "W", "s": 1_800_000})) == [kinds.Energy(kilowatt_hours=1)]


def test_a_small_time_is_counted_from_now_and_a_great_one_from_1970() -> None:
    at = NOON.timestamp() - 5
    assert (NOON - only(heard({"n": "dev", "u": "Cel", "v": 1, "t": -5})).observed_at) == timedelta(seconds=5)
    assert (NOON - only(heard({"n": "dev", "u": "Cel", "v": 1, "t": at})).observed_at) == timedelta(seconds=5)
    assert only(heard({"n": "dev", "u": "Cel", "v": 1})).observed_at == NOON


def test_a_time_of_another_age_is_doubted_and_the_value_kept() -> None:
    intake = heard({"n": "dev", "u": "Cel", "v": 1, "bt": 1.276e9})
    assert values(intake) == [kinds.Temperature(celsius=1)] and reasons(intake) == [RefusalReason.TIME_TOO_OLD]
    assert reasons(heard({"n": "dev", "u": "Cel", "v": 1, "t": 1e300})) == [RefusalReason.TIME_UNREADABLE]
    assert reasons(heard({"n": "dev", "u": "Cel", "v": 1, "t": -1e308, "bt": -1e308})) == [
        RefusalReason.TIME_UNREADABLE
    ]


@pytest.mark.parametrize(
    "record",
    [
        {"n": "dev:voltage", "u": "V", "v": 230},
        {"n": "dev:label", "vs": "Machine Room"},
        {"n": "dev:data", "vd": "aGkgCg"},
        {"n": "dev:ratio", "u": "/", "v": 1},
        {"n": "dev:lamp", "vb": True},
        {"n": "dev:ampere", "u": "A", "s": 1},
        {"bn": "dev:"},
    ],
)
def test_what_has_no_kind_of_ours_is_nothing_and_no_fault(record: dict[str, object]) -> None:
    intake = heard(record, {"n": "dev", "u": "Cel", "v": 1})
    assert [kind for kind in values(intake) if not isinstance(kind, kinds.Temperature)] == []
    assert not intake.refusals


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (17, RefusalReason.WRONG_SHAPE),
        ({"n": "dev", "u": "Cel", "v": "warm"}, RefusalReason.WRONG_SHAPE),
        ({"n": "dev", "u": 7, "v": 1}, RefusalReason.WRONG_SHAPE),
        ({"n": "dev", "vb": 1}, RefusalReason.WRONG_SHAPE),
        ({"n": "dev", "v": 1, "vb": True}, RefusalReason.WRONG_SHAPE),
        ({"n": "dev"}, RefusalReason.WRONG_SHAPE),
        ({"u": "Cel", "v": 1}, RefusalReason.WRONG_SHAPE),
        ({"n": "-dev", "u": "Cel", "v": 1}, RefusalReason.WRONG_SHAPE),
        ({"n": "거실", "u": "Cel", "v": 1}, RefusalReason.WRONG_SHAPE),
        ({"n": "d" * 257, "u": "Cel", "v": 1}, RefusalReason.WRONG_SHAPE),
        ({"n": "dev", "u": "Cel", "v": 1e9}, RefusalReason.IMPOSSIBLE_VALUE),
        ({"n": "dev", "u": "Cel", "v": 10**400}, RefusalReason.IMPOSSIBLE_VALUE),
    ],
)
def test_a_bad_record_is_told_and_does_not_silence_the_next(record: object, reason: RefusalReason) -> None:
    intake = heard(record, {"n": "dev:smoke", "vb": True})
    assert values(intake) == [kinds.Smoke(active=True)] and reasons(intake) == [reason]


@pytest.mark.parametrize("base", [{"bver": 11}, {"bver": "new"}, {"secret_": 1}])
def test_a_pack_that_must_be_understood_and_cannot_be_is_refused_whole(base: dict[str, object]) -> None:
    intake = heard({**base, "n": "dev:smoke", "vb": True})
    assert not intake.readings and reasons(intake) == [RefusalReason.WRONG_SHAPE]


def test_a_registered_sensor_that_says_nothing_we_know_is_told_to_the_engineer() -> None:
    assert reasons(heard({"n": "smoke1", "u": "V", "v": 3}, smoke1="smoke")) == [RefusalReason.NOTHING_WE_KNOW]
    assert reasons(heard({"n": "door1", "vs": "ajar"}, door1="contact")) == [RefusalReason.WRONG_SHAPE]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{}", RefusalReason.WRONG_SHAPE),
        (b"", RefusalReason.NOT_JSON),
        (b"[1", RefusalReason.NOT_JSON),
        (b"\xff", RefusalReason.NOT_TEXT),
        (b"\x81\xff", RefusalReason.NOT_TEXT),
        (b"\x82\x00", RefusalReason.NOT_TEXT),
        (b"\x80\x00", RefusalReason.NOT_TEXT),
        (b"\x81\x05", RefusalReason.WRONG_SHAPE),
        (b"\x81" * 20, RefusalReason.NOT_TEXT),
    ],
)
def test_what_is_no_pack_says_why(payload: bytes, reason: RefusalReason) -> None:
    assert reasons(taken(a_message(payload, "senml/x"))) == [reason]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x18\x64", 100),
        (b"\x39\x03\xe7", -1000),
        (b"\xc1\x1a\x51\x4b\x67\xb0", 1363896240),
        (b"\x42\x01\x02", b"\x01\x02"),
        (b"\x9f\x01\x61a\xff", [1, "a"]),
        (b"\xbf\x00\xf5\x01\xf4\xff", {0: True, 1: False}),
        (b"\xa1\x61a\xf6", {"a": None}),
        (b"\xf9\x3e\x00", 1.5),
        (b"\xfa" + struct.pack(">f", 1.5), 1.5),
    ],
)
def test_cbor_is_read_as_its_standard_says(data: bytes, value: object) -> None:
    assert cbor.decode(data) == value


@pytest.mark.parametrize(
    "data", [b"", b"\x1c", b"\xf8\x20", b"\x61\xff", b"\xa1\xf9\x3e\x00\x00", b"\x01\x01", b"\x5f", b"\xbf\x00"]
)
def test_what_is_no_cbor_is_told(data: bytes) -> None:
    with pytest.raises(cbor.NotCbor):
        cbor.decode(data)
