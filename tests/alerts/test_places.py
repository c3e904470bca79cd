"""A database that knows less than Kafka believes hears the rest again, and nothing of it rings twice."""

from pathlib import Path

import httpx
import psycopg
import pytest

from alerts.postgres import AlertStore
from contracts import Finding
from contracts.topics import FINDINGS
from deploy.embedded.stack import Running
from runtime.kafka import name_of
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.faults.flow import cries, homes_of, tell_all
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.running import environ_of, running, with_home
from tests.until import until

pytestmark = pytest.mark.door
COUNT = 8


def places(postgres: Postgres) -> int:
    return int(asked(postgres, "select coalesce(sum(next_offset), 0) from finding_place"))


def asked(postgres: Postgres, statement: str) -> str:
    with psycopg.connect(postgres.dsn.reveal(), autocommit=True) as connection:
        done = connection.execute(statement.encode())
        row = done.fetchone() if done.description else None
    return f"{row[0]}" if row else ""


async def figure(service: Running, name: str) -> float:
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"{service.probe_url}/metrics")).text
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


async def heard(postgres: Postgres, kafka: Kafka, receiver: Receiver, told: list[Finding]) -> None:
    await tell_all(kafka, told)
    await until(lambda: receiver.has(len(told)), within=30, what="all are called")
    await until(lambda: places(postgres) == len(told), within=30, what="the database says how far it has heard")


async def test_a_database_that_falls_back_while_the_service_runs_hears_again_and_calls_nobody_twice(
    postgres: Postgres, any_kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver, pooled(postgres) as pool:
        await with_home(postgres, *homes_of(COUNT, receiver.url))
        async with running(tmp_path, environ_of(postgres, any_kafka)) as service:
            await heard(postgres, any_kafka, receiver, cries(COUNT))
            asked(postgres, "update finding_place set next_offset = 0")
            await until(lambda: places(postgres) == COUNT, within=30, what="it has gone back and come forward again")
            assert await figure(service, "dolbom_alerts_findings_heard_again_total") == COUNT
            again = 'dolbom_alerts_findings_total{reason="told_before"}'
            assert await figure(service, again) == COUNT
        assert [alert.repeats for alert in await AlertStore(pool).open_alerts()] == [0] * COUNT
        assert len(receiver.keys()) == len(set(receiver.keys()))


async def test_a_worker_that_starts_goes_back_though_nothing_new_comes(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(COUNT, receiver.url))
        async with running(tmp_path, environ_of(postgres, kafka), "first"):
            await heard(postgres, kafka, receiver, cries(COUNT))
        asked(postgres, "update finding_place set next_offset = 0")
        async with running(tmp_path, environ_of(postgres, kafka), "second"):
            await until(lambda: places(postgres) == COUNT, within=40, what="the second worker has heard them again")


async def test_a_place_that_kafka_does_not_know_yet_holds_nothing_back(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    """Its log is another one: it was lost, and begins anew."""
    topic = name_of(FINDINGS, kafka)
    asked(postgres, f"insert into finding_place select '{topic}', n, 9000 from generate_series(0, 3) n")
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(COUNT, receiver.url))
        async with running(tmp_path, environ_of(postgres, kafka)) as service:
            await tell_all(kafka, cries(COUNT))
            await until(lambda: receiver.has(COUNT), within=30, what="all are called")
            assert await figure(service, "dolbom_alerts_findings_missed_total") == 0
