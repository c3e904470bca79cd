"""A worker that went back and lost its place to a rebalance goes back once more: only the log tells what is gone."""

import psycopg
import pytest

from alerts.places.kafka import Places
from contracts.topics import FINDINGS
from runtime.kafka import consuming, create_topics, name_of
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.faults.flow import cries, tell_all
from tests.until import until

pytestmark = pytest.mark.door
COUNT = 8


def places(postgres: Postgres) -> dict[int, int]:
    with psycopg.connect(postgres.dsn.reveal()) as connection:
        return dict(connection.execute("select partition, next_offset from finding_place").fetchall())


async def test_what_a_rebalance_undid_is_heard_again_and_not_given_up(postgres: Postgres, kafka: Kafka) -> None:
    await create_topics(kafka)
    await tell_all(kafka, cries(COUNT))
    async with consuming(kafka, FINDINGS, group="places") as consumer, pooled(postgres) as pool:
        ends: dict[int, int] = {}

        async def all_read() -> bool:
            for at, records in (await consumer.getmany(timeout_ms=100)).items():
                ends[at.partition] = records[-1].offset + 1
            return sum(ends.values()) == COUNT

        await until(all_read, within=30, what="all findings are read")
        await consumer.commit()
        kept = Places(consumer=consumer, pool=pool)
        await kept.keep(dict.fromkeys(consumer.assignment(), 0))
        await kept.gone_back_to({})
        # What every rebalance does with each partition, also with those that stay.
        await consumer.seek_to_committed()
        await kept.gone_back_to({})
        assert {at.partition: await consumer.position(at) for at in consumer.assignment()} == dict.fromkeys(range(4), 0)
        assert set(places(postgres).values()) == {0}, f"given up in {name_of(FINDINGS, kafka)}"
