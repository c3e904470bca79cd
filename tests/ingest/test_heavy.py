"""A message that is small on the wire and heavy to read must not hold up the other homes of its bridge."""

import json
from collections.abc import Callable
from time import process_time

import pytest

from contracts import RefusalReason
from ingest.decode.sparkplug_schema import PAYLOAD
from tests.ingest.messages import a_message, reasons, taken
from tests.ingest.street import a_watched_home

LARGEST = 262_144
#: Of a busy machine; each of these took from 0.3 s to 14 s, and 50 ms is the aim on one that does nothing else.
SECONDS = 0.25


def filled(part: Callable[[int], str], before: str, after: str) -> str:
    """Write as many parts as the largest payload holds."""
    parts: list[str] = []
    room = LARGEST - len(before) - len(after)
    while (room := room - len(each := part(len(parts))) - 1) >= 0:
        parts.append(each)
    return before + ",".join(parts) + after


def fields(value: str) -> str:
    return filled(lambda number: f'"{number:x}":{value}', "{", "}")


def metrics(name: bytes, count: int) -> bytes:
    return bytes(PAYLOAD(metrics=[{"name": name, "boolean_value": True}] * count).SerializeToString())


NAMED = "a:_" * 80
HEAVY: dict[str, tuple[str, bytes | str]] = {
    "readings that are none": ("native/x", filled(lambda _: "{}", '{"readings":[', "]}")),
    "a thousand Tasmota switches": ("tasmota/tele/dev/SENSOR", fields("0")),
    "a thousand Tasmota sensors": ("tasmota/tele/dev/SENSOR", fields('{"a":1}')),
    "endless keys of ThingsBoard": ("thingsboard/v1/devices/me/telemetry", fields("0")),
    "endless devices of ThingsBoard": ("thingsboard/v1/gateway/telemetry", fields('{"a":1}')),
    "endless keys of Home Assistant": ("homeassistant/dev", fields("0")),
    "a key that is longer than life": ("thingsboard/v1/devices/me/telemetry", '{"' + "1." * 130_000 + '":1}'),
    "a Shelly with endless states": ("shelly/dev/status/input:0", fields("0")),
    "a metric in endless folders": ("sparkplug/spBv1.0/g/DDATA/n/dev", metrics(b"a/" * 120_000, 1)),
    "metrics in many folders": ("sparkplug/spBv1.0/g/DDATA/n/dev", metrics(b"a/" * 60, 1_400)),
    "CBOR of one byte each": ("senml/x", b"\x9f" + b"\xa0" * 260_000 + b"\xff"),
    "records with a long name": ("senml/x", f'[{{"bn":"{NAMED}","n":"x","v":1}}' + ',{"n":"b","v":1}' * 4_900 + "]"),
    "a topic in endless parts": ("tasmota/tele/" + "a/" * 32_000 + "SENSOR", '{"Switch1":"ON"}'),
}  # fmt: skip


@pytest.mark.parametrize("name", HEAVY)
def test_no_message_holds_up_the_others(name: str) -> None:
    path, payload = HEAVY[name]
    message = a_message(payload[:LARGEST], path)
    began = process_time()
    taken(message, a_watched_home(dev="motion"))
    assert process_time() - began < SECONDS


def test_what_holds_more_values_than_a_device_has_is_refused() -> None:
    intake = taken(a_message(fields("0"), "tasmota/tele/dev/SENSOR"))
    assert reasons(intake) == [RefusalReason.TOO_LARGE]


def test_too_many_readings_at_once_do_not_count() -> None:
    payload = json.dumps({"session": 1, "seq": 1, "readings": [{}] * 1_001})
    intake = taken(a_message(payload))
    assert reasons(intake) == [RefusalReason.TOO_LARGE]
    assert intake.mark is None


@pytest.mark.parametrize(
    "messages",
    [
        [{"dialect": "zigbee2mqtt", "topic": "zigbee2mqtt/door", "payload": "{}"}] * 201,
        [{"dialect": "zigbee2mqtt", "topic": "zigbee2mqtt/door", "payload": "," * 1_300}] * 2,
        [{"dialect": "sparkplug", "topic": "spBv1.0/g/NDATA/n", "base64": "A" * 24_000}] * 2,
    ],
)
def test_what_is_forwarded_at_once_is_bounded_and_may_come_in_smaller_parts(messages: list[dict[str, str]]) -> None:
    payload = json.dumps({"session": 1, "seq": 1, "messages": messages})
    intake = taken(a_message(payload, "forwarded/x"))
    assert reasons(intake) == [RefusalReason.TOO_LARGE]
    assert intake.mark is None


def test_one_large_list_of_devices_is_forwarded_whole() -> None:
    devices = [{"friendly_name": f"lamp-{number}", "definition": {"model": "none", "exposes": list(range(200))}}
               for number in range(60)]  # fmt: skip
    listed = {"dialect": "zigbee2mqtt", "topic": "zigbee2mqtt/bridge/devices", "payload": json.dumps(devices)}
    intake = taken(a_message(json.dumps({"session": 1, "seq": 1, "messages": [listed]}), "forwarded/x"))
    assert reasons(intake) == []
    assert intake.mark is not None
