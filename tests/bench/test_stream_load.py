"""The load of the stream's bench: homes that have lived for days, and speak at their own pace in the order of time."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bench.stream.lived import BEGAN, LIVED
from bench.stream.load import Load
from contracts import partition_of
from contracts.topics import PARTITIONS
from contracts.values import Heartbeat
from detectors.partition import Partition


@pytest.fixture(scope="module")
def load() -> Load:
    return Load(50)


def test_records_come_in_the_order_of_time_and_each_is_of_one_partition(load: Load) -> None:
    records = [*load.batches(2_000, together=50), *load.batches(2_000, together=50)]
    moments = [batch.batched_at for _, batch in records]
    assert moments[0] >= BEGAN
    assert all(after - before > -timedelta(minutes=2) for before, after in pairwise(moments))
    for partition, batch in records:
        assert {partition_of(one.home_id, partitions=PARTITIONS) for one in batch.readings} == {partition}
    names = [one.reading_id for _, batch in records for one in batch.readings]
    assert len(set(names)) == len(names)


def test_a_heart_beats_once_a_minute_among_what_the_sensors_say(load: Load) -> None:
    said = [one for _, batch in load.batches(2_000, together=50) for one in batch.readings]
    beats = sum(isinstance(one.value, Heartbeat) for one in said)
    assert 0.4 < beats / len(said) < 0.9


def test_homes_have_lived_for_days_and_nothing_befalls_them(load: Load) -> None:
    held = {partition: Partition(chunks, 0) for partition, chunks in load.settled()}
    states = [state for one in held.values() for chunk in one.chunks for state in chunk.states.values()]
    assert len(states) == len(load.homes)
    assert all(state.habits and state.habits.days > LIVED.days - 2 for state in states)
    told = [
        finding.kind
        for partition, batch in Load(50).batches(3_000, together=50)
        for finding in held[partition].apply(batch, held[partition].next_offset)
    ]
    assert len(told) < 10
