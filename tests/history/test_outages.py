"""The history service while its database or its broker is away."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from contracts import Reading, encode
from contracts.topics import READINGS
from deploy.embedded.children import loopback_port
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.stack import Stack
from history.postgres import HistoryStore
from runtime.kafka import create_topics, name_of, producing
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.history.things import NOON, a_batch, a_reading, partition
from tests.until import until

pytestmark = pytest.mark.door


def environ_of(kafka: Kafka, postgres: Postgres) -> dict[str, str]:
    return {
        "DOLBOM_MQTT_HOST": "127.0.0.1",
        "DOLBOM_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "DOLBOM_KAFKA_TOPIC_PREFIX": kafka.topic_prefix,
        "DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(),
    }


@pytest.fixture
def stack(kafka: Kafka, postgres: Postgres, tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path, environ_of(kafka, postgres)) as stack:
        yield stack


@pytest.fixture
async def history(postgres: Postgres) -> AsyncIterator[HistoryStore]:
    async with pooled(postgres) as pool:
        yield HistoryStore(pool)


def cut_all_lines(postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn.reveal(), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


async def test_readings_that_came_while_the_database_hung_up_are_recorded(
    stack: Stack, kafka: Kafka, postgres: Postgres, history: HistoryStore
) -> None:
    running = stack.service("history")
    running.wait_ready()
    reading = a_reading()
    async with producing(kafka) as producer:
        for _ in range(5):
            cut_all_lines(postgres)
            await producer.send_and_wait(
                name_of(READINGS, kafka), encode(a_batch(reading)), partition=partition(reading.home_id)
            )

    async def recorded() -> bool:
        return await history.readings(reading.home_id, NOON, NOON.replace(hour=13)) == [reading]

    await until(recorded, what="the reading recorded")
    assert running.alive


async def test_a_stop_is_quick_while_nobody_answers(postgres: Postgres, tmp_path: Path) -> None:
    nobody = Kafka(bootstrap=f"127.0.0.1:{loopback_port()}", topic_prefix="t-")
    with Stack(tmp_path, environ_of(nobody, postgres)) as stack:
        running = stack.service("history")
        await until(lambda: "service_started" in running.log_path.read_text(), what="the service started")
        assert not running.ready()
        assert running.stop(within=6) < 5


async def test_a_stop_is_quick_after_the_broker_died(postgres: Postgres, tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path / "kafka") as broker:
        kafka = Kafka(bootstrap=broker.bootstrap, topic_prefix="t-")
        await create_topics(kafka)
        with Stack(tmp_path, environ_of(kafka, postgres)) as stack:
            running = stack.service("history")
            running.wait_ready()
            broker.stop()
            assert running.stop(within=6) < 5


async def test_a_broker_that_comes_back_empty_is_followed_again(
    postgres: Postgres, history: HistoryStore, tmp_path: Path
) -> None:
    port = loopback_port()
    reading, later = a_reading(), a_reading(number=1)
    with EmbeddedKafka(tmp_path / "kafka", port=port) as broker:
        kafka = Kafka(bootstrap=broker.bootstrap, topic_prefix="t-")
        await create_topics(kafka)
        with Stack(tmp_path, environ_of(kafka, postgres)) as stack:
            running = stack.service("history")
            running.wait_ready()
            await _send(kafka, [reading] * 3, history)
            broker.stop()
            with EmbeddedKafka(tmp_path / "kafka", port=port):
                await create_topics(kafka)
                await _send(kafka, [later], history)
            assert running.alive


async def _send(kafka: Kafka, readings: list[Reading], history: HistoryStore) -> None:
    """Send each in a record of its own, and wait until the last is recorded."""
    async with producing(kafka) as producer:
        for reading in readings:
            where = partition(reading.home_id)
            await producer.send_and_wait(name_of(READINGS, kafka), encode(a_batch(reading)), partition=where)
    last = readings[-1]

    async def recorded() -> bool:
        return last in await history.readings(last.home_id, NOON, NOON.replace(hour=13))

    await until(recorded, within=30, what="the last reading recorded")
