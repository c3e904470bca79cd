"""Every sample of a dialect that we read means to us what its makers say that it means."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import RefusalReason, Value, WatchedHome
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest.intake import Intake
from tests.ingest.messages import NOON, a_message, reasons, taken, values
from tests.ingest.street import a_watched_home

SAMPLES = Path(__file__).parent / "samples"
Sample = dict[str, Any]


def samples(*formats: str) -> list[Sample]:
    return [sample for name in formats for sample in json.loads((SAMPLES / f"{name}.json").read_text())]


def payload_of(sample: Sample) -> bytes:
    text: str = sample["payload"]
    return base64.b64decode(text) if sample.get("payload_encoding") == "base64" else text.encode()


def expected(measures: Sequence[Mapping[str, Any]]) -> list[Value]:
    """Say in our kinds what the sample's own description says; what we have no kind for is nothing."""
    said = {each["measure"]: each["value"] for each in measures}
    found: list[Value] = []
    for measure, value in said.items():
        match measure:
            case "motion":
                found.append(kinds.Motion(active=value))
            case "temperature":
                found.append(kinds.Temperature(celsius=value))
            case "humidity":
                found.append(kinds.Humidity(percent=value))
            case "illuminance":
                found.append(kinds.Illuminance(lux=value))
            case "battery":
                found.append(kinds.Battery(percent=value, low=said.get("battery_low")))
            case "battery_low" if "battery" not in said:
                found.append(kinds.Battery(low=value))
            case "water":
                found.append(kinds.WaterLeak(active=value))
            case "smoke":
                found.append(kinds.Smoke(active=value))
            case "co":
                found.append(kinds.CarbonMonoxide(active=value))
            case "tamper":
                found.append(kinds.Tamper(active=value))
            case "linkquality":
                found.append(kinds.LinkQuality(score=value))
            case "power":
                found += [kinds.Power(watts=n, channel=channel) for n, channel in _channels(measures, "power")]
            case "energy":
                scale = 0.001 if any(each.get("unit") == "Wh" for each in measures) else 1
                found += [
                    kinds.Energy(kilowatt_hours=n * scale, channel=channel)
                    for n, channel in _channels(measures, "energy")
                ]
            case "contact_open":
                found.append(kinds.Contact(open=value))
            case "availability" if measures[0]["scope"] == "gateway":
                found.append(kinds.GatewayStatus(online=value))
            case "availability":
                found.append(kinds.DeviceStatus(online=value))
    return found


def _channels(measures: Sequence[Mapping[str, Any]], measure: str) -> list[tuple[float, int]]:
    return [(each["value"], each.get("channel", 0)) for each in measures if each["measure"] == measure]


def heard(sample: Sample, dialect: str, home: WatchedHome | None = None) -> Intake:
    # The samples are years old: they are heard a minute after the time that they carry.
    times = [each["value"] for each in sample["meaning"] if each["measure"] == "event_time"]
    at = datetime.fromisoformat(times[0]) + timedelta(minutes=1) if times else NOON
    path = f"{dialect}/{sample['topic']}"
    return taken(a_message(payload_of(sample), path, at=at, retained=sample.get("retain", False)), home)


@pytest.mark.parametrize("sample", samples("zigbee2mqtt"), ids=lambda sample: sample["topic"])
def test_a_zigbee_device_is_understood_as_its_makers_meant_it(sample: Sample) -> None:
    intake = heard(sample, "zigbee2mqtt")
    missing = [value for value in expected(sample["meaning"]) if value not in values(intake)]
    assert not missing
    assert all(refusal.kept for refusal in intake.refusals)
    if not expected(sample["meaning"]):
        assert not intake.readings


@pytest.mark.parametrize("sample", samples("senml-json", "senml-cbor"), ids=lambda sample: sample["payload"][:40])
def test_a_senml_pack_is_understood_as_the_standard_says(sample: Sample) -> None:
    intake = heard(sample, "senml")
    assert values(intake) == expected(sample["meaning"])
    assert not intake.refusals


@pytest.mark.parametrize("sample", samples("bad"), ids=lambda sample: sample["topic"])
def test_a_bad_sample_makes_no_reading_and_is_no_fault(sample: Sample) -> None:
    intake = heard(sample, "tasmota")
    assert not intake.readings and not intake.refusals


DEVICES = ("tasmota", "tasmota-zigbee", "shelly-gen2", "shelly-gen1", "esphome")


@pytest.mark.parametrize(
    ("name", "sample"),
    [(name, sample) for name in DEVICES for sample in samples(name)],
    ids=lambda each: each if isinstance(each, str) else each["topic"],
)
def test_a_single_device_is_understood_as_its_makers_meant_it(name: str, sample: Sample) -> None:
    # A message that a device wants kept reaches us without the flag when it is news.
    intake = heard({**sample, "retain": False}, name.split("-")[0])
    wanted = expected(sample["meaning"])
    missing = [value for value in wanted if value not in values(intake)]
    assert not missing
    assert all(refusal.kept for refusal in intake.refusals)
    channels = [reading for reading in intake.readings if reading.value.__struct_config__.tag in ("power", "energy")]
    assert len(channels) == sum(each["measure"] in ("power", "energy") for each in sample["meaning"])
    assert all(device_of(each) in ("", *(r.sensor_id for r in intake.readings)) for each in sample["meaning"])


def device_of(measure: Mapping[str, Any]) -> str:
    name: str = measure.get("device", "")
    return name


def test_an_input_means_what_it_is_registered_as() -> None:
    (switch,) = (each for each in samples("tasmota") if each["topic"].endswith("1/RESULT"))
    intake = heard(switch, "tasmota", a_watched_home(safety_monitor_1="motion"))
    assert values(intake) == [kinds.Motion(active=True)]
    (shelly,) = (each for each in samples("shelly-gen2") if "441793ab3fb4" in each["topic"])
    home = a_watched_home(**{"shellyplus1-441793ab3fb4/input:0": "contact"})
    assert values(heard(shelly, "shelly", home)) == [kinds.Contact(open=False)]


def test_a_battery_that_is_not_needed_is_not_empty() -> None:
    (sample,) = (each for each in samples("shelly-gen2") if "plusht" in each["topic"])
    assert not [value for value in values(heard(sample, "shelly")) if isinstance(value, kinds.Battery)]


def test_a_clock_that_counts_from_its_start_is_no_time() -> None:
    (sample,) = (each for each in samples("shelly-gen2") if "smoke" in each["topic"])
    assert {(each.observed_at, each.clock_doubted) for each in heard(sample, "shelly").readings} == {(NOON, False)}


def test_a_state_that_the_broker_kept_is_not_live() -> None:
    (sample,) = (each for each in samples("esphome") if each["topic"].endswith("hall_motion/state"))
    assert set(reasons(heard(sample, "esphome"))) == {RefusalReason.RETAINED_REPLAY}


def test_the_movement_of_a_sample_carries_the_time_at_which_the_sensor_was_heard() -> None:
    (sample,) = (each for each in samples("zigbee2mqtt") if each["topic"].endswith("AZ_MOTION01"))
    intake = heard(sample, "zigbee2mqtt")
    assert {reading.observed_at.isoformat() for reading in intake.readings} == {"2024-01-09T23:22:22+00:00"}
    assert {reading.sensor_id for reading in intake.readings} == {"AZ_MOTION01"}


def test_a_wall_switch_is_no_cry_and_a_registered_help_button_is() -> None:
    switch = a_message('{"action": "single"}', "zigbee2mqtt/zigbee2mqtt/WXKG01LM")
    assert not taken(switch).readings and not taken(switch).refusals
    pressed = taken(switch, a_watched_home(WXKG01LM="help_button"))
    assert values(pressed) == [kinds.HelpButton(action=ButtonAction.PRESSED)]
