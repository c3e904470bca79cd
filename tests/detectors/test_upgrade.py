"""What a home has taught outlives a new release: chunks of older versions are read."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from contracts import Value, WatchedHome, WatchPlan
from contracts.values import Contact, Medication, Motion, Occupancy, Temperature
from detectors.checkpoints import VERSION, decode_chunk, encode_chunk
from detectors.chunk import Chunk, apply
from detectors.devices import best_of
from detectors.nothing import NOTHING, opened
from detectors.observed import Slots
from detectors.snapshot import Registered
from detectors.state import HomeState
from detectors.upgrade import upgraded
from tests.detectors.values import HOME, NOON, a_batch, a_heartbeat, a_home, a_reading, a_sensor

SAMPLES = Path(__file__).parent / "samples"
MINUTE = timedelta(minutes=1)


def lived() -> Chunk:
    """Live as the home in the samples did."""
    chunk = Chunk()
    sensors = [a_sensor("motion-living", "motion", "living"), a_sensor("door", "contact", "entrance")]
    apply(chunk, a_batch(homes=[a_home(sensors=sensors)], at=NOON), 0)
    for offset, minute in enumerate((0, 3, 7, 60, 61, 305, 306, 700, 1500, 4000, 4001), start=1):
        at, mark = NOON + MINUTE * minute, str(minute)
        said = [a_heartbeat(at)]
        if minute in {3, 60, 306, 4000}:
            said.append(a_reading(Motion(active=True), at=at, mark=mark))
        if minute in {7, 700}:
            said.append(a_reading(Contact(open=True), at=at, sensor="door", mark=mark))
        apply(chunk, a_batch(*said, at=at), offset)
    return chunk


def test_a_chunk_of_the_first_version_is_read_whole() -> None:
    read, now = decode_chunk((SAMPLES / "chunk-v1.msgpack").read_bytes()), lived()
    assert read is not None
    state, known = read.states[HOME], now.states[HOME]
    assert (state.slots, state.moved, state.doors_moved) == (known.slots, known.moved, known.doors_moved)
    assert (read.offset, read.batched_at, state.watermark, state.habits) == (
        now.offset,
        now.batched_at,
        known.watermark,
        known.habits,
    )


def furnished() -> Chunk:
    """Live as the home of the third sample did: with a bed, a thermometer, a door and a dispenser."""
    chunk = Chunk()
    kinds = (("motion-living", "motion", "living"), ("door", "contact", "entrance"))
    more = (("bed", "occupancy", "bedroom"), ("air", "temperature", "living"))
    apply(chunk, a_batch(homes=[a_home(sensors=[a_sensor(*each) for each in (*kinds, *more)])], at=NOON), 0)
    for turn in range(1, 60):
        at, mark = NOON + 7 * MINUTE * turn, str(turn)
        words: list[tuple[int, str, Value]] = [
            (1, "air", Temperature(celsius=20.0 + turn % 3 * 0.25)),
            (3, "motion-living", Motion(active=turn % 2 == 0)),
            (4, "door", Contact(open=turn % 8 == 0)),
            (5, "bed", Occupancy(occupied=turn % 10 == 0)),
            (20, "pills", Medication(taken=turn % 40 == 0)),
        ]
        said = [a_reading(word, at=at, sensor=sensor, mark=mark) for every, sensor, word in words if not turn % every]
        apply(chunk, a_batch(a_heartbeat(at), *said, at=at), turn)
    return chunk


def test_a_chunk_of_the_third_version_is_read_whole() -> None:
    read = decode_chunk((SAMPLES / "chunk-v3.msgpack").read_bytes())
    assert read == furnished()


def test_a_chunk_of_the_second_version_brings_its_homes_with_it() -> None:
    now = furnished()
    old = msgspec.msgpack.decode((SAMPLES / "chunk-v3.msgpack").read_bytes())["chunk"]
    read = decode_chunk(msgspec.msgpack.encode({"version": 2, "chunk": {**old, "homes": now.homes}}))
    assert read == now


def test_a_chunk_is_read_as_it_was_written_and_each_plan_is_written_once() -> None:
    chunk, plan = Chunk(), WatchPlan(cold_notice_celsius=17)
    for number in range(20):
        own = WatchPlan(cold_notice_celsius=15) if number == 7 else plan
        apply(chunk, a_batch(homes=[a_home(f"h-{number}", plan=own)], at=NOON), number)
    written = encode_chunk(chunk)
    assert written.count(b"cold_notice_celsius") == 2
    assert decode_chunk(written) == chunk


def test_nothing_of_a_home_is_left_out_when_it_is_written() -> None:
    assert Registered.__struct_fields__ == WatchedHome.__struct_fields__


def test_an_empty_set_of_slots_stays_empty() -> None:
    state = {"slots": {}, "moved": {0: 1}}
    old = msgspec.msgpack.encode({"version": 1, "chunk": {"states": {HOME: state}}})
    read = decode_chunk(old)
    assert read is not None
    assert read.states[HOME].slots == Slots()
    assert read.states[HOME].moved == Slots(0, b"\x01")


def test_the_levels_of_a_device_are_packed_with_their_gaps() -> None:
    device = [[5_000, 80, None, 83], [], None, None, [], 0]
    old = msgspec.msgpack.encode({"version": 1, "chunk": {"states": {HOME: {"devices": {"bed": device}}}}})
    read = decode_chunk(old)
    assert read is not None
    assert best_of(read.states[HOME].devices["bed"].battery) == [(0, 80), (2, 83)]
    assert read.states[HOME].devices["bed"].link == b""


def test_what_homes_share_while_they_have_nothing_cannot_be_written_into() -> None:
    state = HomeState()
    assert state.told is NOTHING
    with pytest.raises(TypeError):
        state.wills[1] = NOON
    with pytest.raises(TypeError):
        state.alarms.setdefault("smoke", {})
    own = opened(state.wills)
    assert opened(own) is own


def test_a_version_that_nobody_can_read_is_built_again_from_the_input() -> None:
    assert upgraded(encode_chunk(Chunk()), VERSION + 1) is None
    assert decode_chunk(msgspec.msgpack.encode({"version": 0, "chunk": {}})) is None
