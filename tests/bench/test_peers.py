"""The contest: what is counted is what happened."""

from datetime import UTC, datetime

from bench.peers.arena import payload
from bench.peers.contestants import OURS, PEERS
from bench.peers.drain import Drained, inverted
from contracts import HomeId, ReadingBatch, encode
from tests.ingest.messages import a_message, taken


def test_the_measured_message_is_one_that_the_bridge_takes() -> None:
    intake = taken(a_message(payload("h-0001", 7)))
    assert [reading.sensor_id for reading in intake.readings] == ["s-7"]
    assert intake.mark is not None
    assert intake.mark.seq == 8
    assert len(payload("h-0001", 7)) == len(payload("h-0049", 99_999)) == 160


def test_what_a_contestant_wrote_is_read_back() -> None:
    said = payload("h-0001", 7)
    readings = taken(a_message(said)).readings
    batch = encode(ReadingBatch(batched_at=datetime(2026, 11, 22, tzinfo=UTC), readings=readings))
    assert OURS.read(batch) == [(HomeId("h-0001"), 7)]
    assert all(peer.read(said) == [("h-0001", 7)] for peer in PEERS)


def test_order_is_counted_for_each_home_by_first_sight() -> None:
    assert inverted([("a", 1), ("b", 0), ("a", 2), ("a", 1)]) == 0
    assert inverted([("a", 2), ("a", 1), ("b", 5)]) == 1


def test_the_cost_counts_only_what_was_measured() -> None:
    done = Drained(
        name="x",
        about="",
        messages=50_000,
        processor_seconds=2,
        seconds=1,
        missing=0,
        doubled=0,
        inverted=0,
        megabytes=1,
    )
    assert done.per_100k == 4
