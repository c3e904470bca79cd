"""Bad input: each gets its own reason, nothing crashes, nothing is silently lost."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Refusal, RefusalReason, Value, decode, encode
from contracts import values as kinds
from ingest.intake import KEPT_PAYLOAD, take_in
from ingest.message import GatewayMessage
from tests.ingest.messages import LIMITS, NOON, a_message, reasons, taken
from tests.ingest.street import a_watched_home, topic_of
from tests.ingest.test_samples import payload_of, samples

HOME = a_watched_home("h-0001", help="help_button", WXKG01LM="help_button")
NATIVE = Path(__file__).parent / "samples" / "native.json"


def test_a_megabyte_is_too_large_and_only_its_beginning_is_kept() -> None:
    intake = taken(a_message(b"x" * (1 << 20)))
    (refusal,) = intake.refusals
    assert refusal.reason == RefusalReason.TOO_LARGE
    assert len(refusal.payload) == KEPT_PAYLOAD and refusal.payload_bytes == 1 << 20


def test_a_message_that_holds_thousands_of_readings_is_too_large_as_well() -> None:
    readings = ",".join(['{"sensor":"a","value":{"kind":"heartbeat"}}'] * 1_001)
    assert reasons(taken(a_message(f'{{"readings":[{readings}]}}'))) == [RefusalReason.TOO_LARGE]
    assert reasons(taken(a_message(json.dumps([{"v": 1}] * 5_001), "senml/x"))) == [RefusalReason.TOO_LARGE]


def test_an_unknown_home_is_refused_by_its_name() -> None:
    intake = take_in(a_message("{}", home_id="h-9999"), {HOME.home_id: HOME}, LIMITS)
    assert [(each.reason, each.home_id) for each in intake.refusals] == [(RefusalReason.UNKNOWN_HOME, "h-9999")]


def test_a_bad_topic_and_a_foreign_dialect_are_told_apart() -> None:
    lost = GatewayMessage(topic="hello", payload=b"", received_at=NOON)
    assert reasons(take_in(lost, {}, LIMITS)) == [RefusalReason.BAD_TOPIC]
    assert reasons(taken(a_message("{}", "klingon/x"))) == [RefusalReason.UNKNOWN_DIALECT]


def test_a_refused_message_is_acknowledged_to_its_gateway_too() -> None:
    intake = taken(a_message('{"session":1,"seq":5,"readings":[{"sensor":"a","value":{"kind":"mood"}}]}'))
    assert intake.refusals and intake.mark and intake.home_id == "h-0001"


def test_what_may_come_again_mended_or_in_parts_is_not_acknowledged() -> None:
    readings = ",".join(['{"sensor":"a","value":{"kind":"heartbeat"}}'] * 1_001)
    for payload in (
        f'{{"session":1,"seq":5,"readings":[{readings}]}}',
        f'{{"session":1,"seq":5,"readings":[],"x":"{"x" * LIMITS.largest_payload_bytes}"}}',
        '{"home":"h-0002","session":1,"seq":5,"readings":[]}',
    ):
        intake = taken(a_message(payload))
        assert intake.refusals and intake.mark is None


def test_a_native_sample_is_kept_for_ever() -> None:
    for sample in json.loads(NATIVE.read_text()):
        intake = taken(a_message(json.dumps(sample["payload"])))
        # A value that has grown since means the same: what the sample does not say has its default.
        assert [reading.value for reading in intake.readings] == msgspec.convert(sample["values"], list[Value])


def holds(intake_of: GatewayMessage) -> None:
    """The law: whatever comes, the answer can be written to Kafka and read back."""
    intake = take_in(intake_of, {HOME.home_id: HOME}, LIMITS)
    for reading in intake.readings:
        assert decode(encode(reading), type(reading)) == reading
    for refusal in intake.refusals:
        assert decode(encode(refusal), Refusal) == refusal
        assert refusal.detail


DIALECTS = ("native/readings", "senml/x", "zigbee2mqtt/zigbee2mqtt/WXKG01LM", "zigbee2mqtt/a/availability",
            "zigbee2mqtt/zigbee2mqtt/bridge/state", "zigbee2mqtt/zigbee2mqtt/a/occupancy", "tasmota/x",
            "homeassistant/homeassistant/sensor/a/config", "homeassistant/b/binary_sensor/help/state",
            "thingsboard/v1/gateway/telemetry", "thingsboard/v1/devices/me/telemetry", "thingsboard/v1/gateway/connect",
            "sparkplug/spBv1.0/g/NBIRTH/n", "sparkplug/spBv1.0/g/DDATA/n/help", "sparkplug/spBv1.0/g/NDEATH/n",
            "homeassistant/help", "homeassistant/homeassistant/device/a/config")  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(
    [*("readings", "sensor", "value", "kind", "at", "home", "session", "seq", "motion", "active", "help_button"),
     *("bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "Cel", "W", "%RH", "x_"),
     *("occupancy", "contact", "action", "last_seen", "battery", "battery_low", "illuminance", "co", "sos", "state")]
)  # fmt: skip
LIKELY = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(payload=st.binary(max_size=400), path=st.sampled_from(DIALECTS), retained=st.booleans())
def test_no_noise_stops_the_stream(payload: bytes, path: str, retained: bool) -> None:
    holds(a_message(payload, path, retained=retained))


@given(said=JSON | LIKELY, path=st.sampled_from(DIALECTS))
@pytest.mark.laws
@settings(max_examples=400)
def test_no_json_stops_the_stream(said: object, path: str) -> None:
    holds(a_message(json.dumps(said), path))


@given(topic=st.text(max_size=60))
def test_no_topic_stops_the_stream(topic: str) -> None:
    holds(GatewayMessage(topic=topic, payload=b"{}", received_at=NOON))


@given(data=st.data())
@pytest.mark.laws
@settings(max_examples=300)
def test_no_damaged_sample_stops_the_stream(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(samples("zigbee2mqtt", "senml-json", "senml-cbor")))
    payload = bytearray(payload_of(sample))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(payload) - 1))
        payload[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        payload = payload or bytearray(b"0")
    dialect = "zigbee2mqtt" if "zigbee2mqtt" in sample["topic"] else "senml"
    holds(a_message(bytes(payload), f"{dialect}/{sample['topic']}"))


@given(said=LIKELY, path=st.sampled_from(DIALECTS))
def test_what_comes_again_is_the_same_again(said: object, path: str) -> None:
    message = a_message(json.dumps(said), path)
    assert taken(message) == taken(message)


def test_a_cry_in_a_home_that_never_registered_its_button_is_heard() -> None:
    message = GatewayMessage(
        topic=topic_of("h-0001", "zigbee2mqtt/zigbee2mqtt/new"), payload=b'{"action":"emergency"}', received_at=NOON
    )
    assert [reading.value for reading in taken(message, a_watched_home()).readings] == [kinds.HelpButton()]
