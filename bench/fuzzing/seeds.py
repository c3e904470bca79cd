"""What gateways really send, as the seeds of what they never should."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from contracts import HomeId, SensorId, WatchedHome, WatchedSensor, shard_of
from ingest.decode import DIALECTS

SAMPLES: Final = Path(__file__).parents[2] / "tests" / "ingest" / "samples"
HOME: Final = HomeId("h-0001")
PREFIX: Final = f"home/{shard_of(HOME):02x}/{HOME}"
#: The dialect of a file of samples, by the beginning of its name.
_DIALECTS: Final = {"ha-": "homeassistant", "sparkplug": "sparkplug", "bad": "tasmota"}
#: Shapes that no sample has.
_OWN: Final = {
    "native": [
        ("readings", '{"session":3,"seq":1,"readings":[{"sensor":"a","value":{"kind":"motion","active":true}}]}')
    ],
    "forwarded": [
        ("readings", '{"session":1,"seq":2,"messages":[{"dialect":"tasmota","topic":"tele/x/LWT","payload":"Online"}]}')
    ],
    "thingsboard": [
        ("v1/gateway/telemetry", '{"Sensor A":[{"ts":1483228800000,"values":{"motion":true,"temperature":21.5}}]}'),
        ("v1/gateway/connect", '{"device":"Sensor A"}'),
    ],
    "shelly": [
        (
            "s/events/rpc",
            '{"src":"s","method":"NotifyEvent","params":{"ts":1.0,"events":[{"component":"input:0","event":"single_push"}]}}',
        ),
        ("shellies/x/sensor/state", "open"),
    ],
    "tasmota": [("stat/x/RESULT", '{"Button1":{"Action":"SINGLE"},"Switch1":"ON"}'), ("tele/x/LWT", "Online")],
    "zigbee2mqtt": [("zigbee2mqtt/bridge/devices", '[{"friendly_name":"x","definition":{"model":"RTCGQ11LM"}}]')],
}

Seed = tuple[str, bytes]


def seeds_of(dialect: str) -> list[Seed]:
    """Give the device's topics and payloads that a dialect is known to send, and some of every other one."""
    own = [(topic, text.encode()) for topic, text in _OWN.get(dialect, [])]
    found = list(_samples())
    theirs = [seed for name, seed in found if name == dialect]
    others = [seed for name, seed in found if name != dialect]
    return [*own, *theirs, *others[:: max(1, len(others) // 5)]]


def _samples() -> Iterator[tuple[str, Seed]]:
    for file in sorted(SAMPLES.glob("*.json")):
        for sample in json.loads(file.read_text()):
            yield _dialect_of(file.stem), (str(sample.get("topic", "readings")), _payload_of(sample))


def _payload_of(sample: dict[str, Any]) -> bytes:
    payload = sample["payload"]
    if not isinstance(payload, str):
        return json.dumps(payload).encode()
    return b64decode(payload) if sample.get("payload_encoding") == "base64" else payload.encode()


def _dialect_of(stem: str) -> str:
    named = next((dialect for start, dialect in _DIALECTS.items() if stem.startswith(start)), "")
    return named or next(
        (dialect for dialect in DIALECTS if stem.startswith(dialect.partition("-")[0])), stem.partition("-")[0]
    )


def a_home(kind: str) -> WatchedHome:
    """A home in which whoever speaks in the seeds is registered as one kind."""
    names = ("x", "a", "pendant", "0x6841", "safety_monitor_1", "hall_motion", "s", "Sensor A", "shelly1", "WXKG01LM")
    sensors = tuple(WatchedSensor(sensor_id=SensorId(name), kind=kind) for name in names)
    return WatchedHome(home_id=HOME, version=1, sensors=sensors)
