"""A partition that stands still is told from one in which nothing happens, and from a Kafka that is away."""

from pathlib import Path

import pytest

from contracts.values import Motion
from detectors.kafka import Outbox, ends_of
from detectors.stalled import STALLED_SECONDS, Flow
from runtime.kafka import create_topics, producing
from runtime.settings import Kafka
from tests.detectors.values import HOME, a_batch, a_home, a_reading
from tests.detectors.workers import publish

NOW = 1_000.0
LATER = NOW + STALLED_SECONDS


def a_flow(*partitions: int) -> Flow:
    flow = Flow()
    flow.keep(partitions, NOW)
    return flow


def test_a_partition_with_records_that_nobody_takes_is_stalled_beside_one_that_moves() -> None:
    flow = a_flow(1, 3)
    flow.moved(1, LATER - 1)
    silent = flow.silent(LATER)
    assert flow.stalled(silent, ends={1: 90, 3: 50}, places={1: 80, 3: 40}) == [3]


def test_nothing_is_stalled_before_its_time_nor_where_nothing_waits_nor_where_nobody_answers() -> None:
    flow = a_flow(3)
    assert flow.silent(LATER - 0.1) == {}
    assert flow.stalled(flow.silent(LATER), ends={3: 40}, places={3: 40}) == []
    assert flow.stalled(flow.silent(LATER), ends={}, places={3: 40}) == []


def test_what_moved_while_kafka_was_asked_is_not_stalled_and_what_was_taken_from_us_is_nobodys() -> None:
    flow = a_flow(2, 3)
    silent = flow.silent(LATER)
    flow.moved(3, LATER)
    flow.keep([3], LATER)
    assert flow.stalled(silent, ends={2: 9, 3: 9}, places={2: 1, 3: 1}) == []


async def test_who_cannot_ask_because_our_certificates_are_being_replaced_does_not_know(tmp_path: Path) -> None:
    assert await ends_of(Kafka(bootstrap="127.0.0.1:9", ca_file=str(tmp_path / "not-there-yet.pem")), [0]) == {}


@pytest.mark.door
async def test_the_ends_are_asked_by_a_connection_of_their_own_and_a_kafka_that_is_away_has_none(kafka: Kafka) -> None:
    await create_topics(kafka)
    async with producing(kafka) as producer:
        await publish(producer, kafka, HOME, a_batch(a_reading(Motion(active=True)), homes=[a_home()]))
        assert sum((await ends_of(kafka, range(4))).values()) == 1
        assert Outbox(producer, kafka).waits is False
    assert await ends_of(Kafka(bootstrap="127.0.0.1:9"), [0]) == {}
