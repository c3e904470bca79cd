"""The history service as a process: it is killed, frozen, overtaken and fed nonsense, and rows stay exact."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from contracts import encode
from contracts.topics import ALERTS, FINDINGS, READINGS, Topic
from deploy.embedded.stack import Stack
from runtime.kafka import name_of, producing
from runtime.postgres import Pool, pooled
from runtime.settings import Kafka, Postgres
from tests.history.things import NOON, a_batch, a_change, a_finding, a_reading, partition
from tests.until import until

pytestmark = pytest.mark.door

HOMES = [f"h-{number:04}" for number in range(40)]


@pytest.fixture
def stack(any_kafka: Kafka, postgres: Postgres, tmp_path: Path) -> Iterator[Stack]:
    environ = {
        "DOLBOM_MQTT_HOST": "127.0.0.1",
        "DOLBOM_KAFKA_BOOTSTRAP": any_kafka.bootstrap,
        "DOLBOM_KAFKA_TOPIC_PREFIX": any_kafka.topic_prefix,
        "DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(),
    }
    with Stack(tmp_path, environ) as stack:
        yield stack


@pytest.fixture
async def pool(postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(postgres) as pool:
        yield pool


@pytest.fixture
async def producer(any_kafka: Kafka) -> AsyncIterator[AIOKafkaProducer]:
    async with producing(any_kafka) as producer:
        yield producer


class Teller:
    """Writes numbered batches as the bridge does."""

    def __init__(self, producer: AIOKafkaProducer, kafka: Kafka) -> None:
        self._producer, self._kafka = producer, kafka
        self.readings = 0

    async def batch(self, rows: int = 20) -> None:
        home = HOMES[self.readings // rows % len(HOMES)]
        readings = [
            a_reading(home, number=self.readings + row, at=NOON + timedelta(seconds=self.readings + row))
            for row in range(rows)
        ]
        self.readings += rows
        await self.send(READINGS, encode(a_batch(*readings)), partition(home))

    async def send(self, topic: Topic, payload: bytes, part: int = 0) -> None:
        await self._producer.send_and_wait(name_of(topic, self._kafka), payload, partition=part)


@pytest.fixture
def teller(producer: AIOKafkaProducer, any_kafka: Kafka) -> Teller:
    return Teller(producer, any_kafka)


async def rows(pool: Pool, table: str = "reading") -> int:
    async with pool.connection() as connection:
        row = await (await connection.execute(f"select count(*) from {table}".encode())).fetchone()
    return int(f"{row[0]}") if row else 0


async def recorded(pool: Pool, readings: int, within: float = 15) -> None:
    async def all_there() -> bool:
        return await rows(pool) >= readings

    await until(all_there, within=within, what=f"{readings} readings recorded")
    assert await rows(pool) == readings


async def test_a_recorder_killed_again_and_again_records_everything_once(
    stack: Stack, teller: Teller, pool: Pool
) -> None:
    for round_ in range(4):
        running = stack.service("history")
        running.wait_ready()
        for _ in range(25):
            await teller.batch()

        async def some_of_it(least: int = round_ * 500 + 1) -> bool:
            return await rows(pool) >= least

        await until(some_of_it, what="a part of the round recorded")
        running.kill()
    stack.service("history").wait_ready()
    await recorded(pool, teller.readings)


async def test_two_recorders_at_once_do_not_double(stack: Stack, teller: Teller, pool: Pool) -> None:
    one, other = stack.service("history"), stack.service("history")
    one.wait_ready()
    other.wait_ready()
    for _ in range(60):
        await teller.batch()
    await recorded(pool, teller.readings)
    one.kill()
    await teller.batch()
    await recorded(pool, teller.readings)


async def test_a_recorder_that_was_frozen_while_another_went_on_writes_nothing_old(
    stack: Stack, teller: Teller, pool: Pool
) -> None:
    frozen = stack.service("history")
    frozen.wait_ready()
    await teller.batch()
    await recorded(pool, teller.readings)
    os.kill(frozen.pid, signal.SIGSTOP)
    for _ in range(10):
        await teller.batch()
    stack.service("history").wait_ready()
    await recorded(pool, teller.readings)
    os.kill(frozen.pid, signal.SIGCONT)
    await teller.batch()
    await recorded(pool, teller.readings)


async def test_a_poison_record_is_put_aside_and_the_stream_goes_on(stack: Stack, teller: Teller, pool: Pool) -> None:
    stack.service("history").wait_ready()
    await teller.batch()
    await teller.send(READINGS, b"\x00\xffnot json at all")
    await teller.send(READINGS, encode(a_batch(a_reading(sensor="nul\x00"))))
    await teller.send(FINDINGS, b'{"kind":"no such thing"}')
    await teller.batch()
    await recorded(pool, teller.readings)

    async def put_aside() -> bool:
        return await rows(pool, "history_dead_letter") == 3

    await until(put_aside, what="three dead letters")
    async with pool.connection() as connection:
        fates = await (await connection.execute("select fate from history_dead_letter order by fate")).fetchall()
    assert fates == [("undecodable",), ("undecodable",), ("unstorable",)]


async def test_findings_and_alerts_are_recorded_beside_readings(stack: Stack, teller: Teller, pool: Pool) -> None:
    stack.service("history").wait_ready()
    for minute in range(3):
        await teller.send(FINDINGS, encode(a_finding(told_at=NOON + timedelta(minutes=minute))))
    for version in (1, 2, 2):
        await teller.send(ALERTS, encode(a_change(version)))

    async def all_there() -> bool:
        return await rows(pool, "history_finding") == 1 and await rows(pool, "history_alert") == 2

    await until(all_there, what="a finding and two changes")


async def test_a_log_that_was_made_anew_is_recorded_from_its_beginning(
    stack: Stack, teller: Teller, pool: Pool, any_kafka: Kafka
) -> None:
    async with pool.connection() as connection:
        for part in range(READINGS.partitions):
            await connection.execute(
                "insert into kafka_offset (topic, partition, next_offset) values (%s, %s, 5000)",
                [name_of(READINGS, any_kafka), part],
            )
    for _ in range(20):
        await teller.batch()
    stack.service("history").wait_ready()
    await teller.batch()
    await recorded(pool, teller.readings)


@pytest.mark.parametrize("empty", [True, False], ids=["idle", "busy"])
async def test_a_stop_takes_less_than_five_seconds(stack: Stack, teller: Teller, empty: bool) -> None:
    running = stack.service("history")
    running.wait_ready()
    for _ in range(0 if empty else 50):
        await teller.batch()
    assert running.stop(within=5.0) < 5.0
    assert running.status == 0
