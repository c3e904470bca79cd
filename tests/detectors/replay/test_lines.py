"""Every shape of a line gives the readings that the bridge made of it, and a bad one says why."""

from datetime import timedelta

import msgspec
import pytest

from contracts import ReadingBatch, SensorId, encode
from contracts.values import HelpButton, Motion
from detectors.replay.lines import Told, Unreadable, read_line
from ingest.intake import Limits, take_in
from ingest.message import GatewayMessage
from simulator.dialects import native
from simulator.household import Sighting
from tests.detectors.values import HOME, NOON, a_home, a_reading

LIMITS = Limits(largest_payload_bytes=65_536, late_after=timedelta(minutes=5))


def test_a_reading_is_read_as_it_was_written() -> None:
    assert read_line(encode(a_reading()), 1) == Told(readings=(a_reading(),))


def test_a_record_of_the_topic_brings_its_homes() -> None:
    batch = ReadingBatch(batched_at=NOON, homes=(a_home(),), readings=(a_reading(),))
    assert read_line(encode(batch), 1) == Told(readings=(a_reading(),), homes=(a_home(),))


def test_what_a_gateway_says_gets_the_names_that_the_bridge_gives() -> None:
    seen = [
        Sighting(sensor_id=SensorId("motion-living"), at=NOON, value=Motion(active=True)),
        Sighting(sensor_id=SensorId("button"), at=NOON, value=HelpButton()),
    ]
    message = native(HOME, seen, session=3, seq=7)
    heard = GatewayMessage(topic=message.topic, payload=message.payload, received_at=NOON)
    admitted = take_in(heard, {HOME: a_home()}, LIMITS).readings
    assert read_line(message.payload, 1) == Told(readings=admitted)


def test_an_uncounted_envelope_is_named_by_time_and_value() -> None:
    line = msgspec.json.encode(
        {"home": HOME, "at": NOON, "readings": [{"sensor": "a", "value": {"kind": "motion", "active": True}}]}
    )
    told = read_line(line, 1)
    assert isinstance(told, Told)
    assert told.readings[0].observed_at == told.readings[0].received_at == NOON


def test_an_empty_line_holds_nothing() -> None:
    assert read_line(b"  \n", 1) == Told()
    assert read_line(b'{"home": "h-1", "readings": []}', 1) == Told()


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff",
        b"[]",
        b'{"reading_id": "x"}',
        b'{"home": "h-1", "readings": [{"sensor": "a", "value": {"kind": "motion", "active": true}}]}',
        b'{"home": "h-1", "readings": [{"sensor": "a", "value": {"kind": "motion", "active": true},'
        b' "at": "2026-01-01T00:00:00"}]}',
    ],
)
def test_a_bad_line_says_where_and_what_was_expected(line: bytes) -> None:
    fault = read_line(line, 4)
    assert isinstance(fault, Unreadable)
    assert fault.line == 4
    assert "expected a reading" in fault.detail
