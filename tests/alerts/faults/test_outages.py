"""PostgreSQL, Kafka or a provider goes away, hangs or answers with rubbish: it costs time and nothing else."""

import asyncio
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.postgres import EmbeddedPostgres
from runtime.kafka import create_topics
from runtime.postgres import migrate
from runtime.settings import Kafka, Postgres
from tests.alerts.faults.flow import cries, homes_of, still_holding, tell_all
from tests.alerts.faults.tally import tally
from tests.alerts.receiver import Got, Receiver, receiving
from tests.alerts.running import environ_of, running, with_home
from tests.ingest.proxy import a_cable
from tests.until import until

LONG = bool(os.environ.get("DOLBOM_RUN_LONG"))
SEED = int(os.environ.get("DOLBOM_RUN_SEED", "1"))
COUNT = 300 if LONG else 40

pytestmark = [pytest.mark.door, pytest.mark.timeout(900 if LONG else 240)]


@contextmanager
def a_server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that this test alone may end."""
    with EmbeddedPostgres(folder, durable=False) as server:
        yield server


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_a_database_that_is_restarted_loses_and_doubles_nothing(
    how: str, server_folder: Path, kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        with a_server(server_folder / f"postgres-{how}") as server:
            postgres = Postgres(dsn=server.dsn())
            await migrate(postgres)
            await with_home(postgres, *homes_of(COUNT, receiver.url))
            told = cries(COUNT)
            async with running(tmp_path, environ_of(postgres, kafka)):
                flow = asyncio.create_task(tell_all(kafka, told, per_second=COUNT / 12))
                for _ in range(5 if LONG else 2):
                    more = len(receiver.got) + 3
                    await until(partial(receiver.has, more), within=60, what="calls in their midst")
                    await asyncio.to_thread(_restart, server, how)
                await flow
                await tally(postgres, receiver, told, what=f"PostgreSQL {how}")


def _restart(server: EmbeddedPostgres, how: str) -> None:
    if how == "killed" and server.child:
        server.child.kill()
    else:
        server.stop()
    server.start()


async def test_sessions_that_are_cut_off_in_their_midst_leave_nothing_half_done(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    """As a failover cuts them: every few moments, wherever each is."""
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(COUNT, receiver.url))
        told = cries(COUNT)
        async with running(tmp_path, environ_of(postgres, kafka)):
            flow = asyncio.create_task(tell_all(kafka, told, per_second=COUNT / 8))
            while not flow.done():
                more = len(receiver.got) + 2
                await until(partial(_went_on, receiver, flow, more), within=60, what="some more calls")
                await asyncio.to_thread(_cut_off, postgres)
            await tally(postgres, receiver, told, what="sessions cut off")


def _went_on(receiver: Receiver, flow: asyncio.Task[None], more: int) -> bool:
    return receiver.has(more) or flow.done()


def _cut_off(postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn.reveal(), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("fault", ["pull", "hang"])
async def test_while_kafka_is_away_people_are_called_and_afterwards_the_rest_is_heard(
    fault: str, postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    port = int(kafka.bootstrap.rpartition(":")[2])
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(COUNT, receiver.url))
        told = cries(COUNT)
        with a_cable(port) as cable:
            through = replace(kafka, bootstrap=f"127.0.0.1:{cable.port}")
            async with running(tmp_path, environ_of(postgres, through)):
                await tell_all(kafka, told[: COUNT // 2])
                await until(lambda: receiver.has(3), within=60, what="the first calls")
                getattr(cable, fault)()
                # What was heard already goes its way: the daughters, and then the carers.
                await until(lambda: "/carer" in receiver.paths(), within=60, what="the next step without Kafka")
                await tell_all(kafka, told[COUNT // 2 :])
                cable.plug()
                await tally(postgres, receiver, told, what=f"Kafka away ({fault})", within=120)


async def test_a_broker_that_forgets_everything_is_healed_by_what_is_told_again(
    postgres: Postgres, server_folder: Path, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(COUNT, receiver.url))
        told = cries(COUNT)
        with EmbeddedKafka(server_folder / "kafka-forgets") as broker:
            kafka = Kafka(bootstrap=broker.bootstrap, topic_prefix="f-", idempotence=False, session_timeout_seconds=6)
            await create_topics(kafka)
            async with running(tmp_path, environ_of(postgres, kafka)):
                await tell_all(kafka, told[: COUNT // 2])
                await until(lambda: receiver.has(3), within=60, what="the first calls")
                broker.stop()
                broker.start()
                await create_topics(kafka)
                await tell_all(kafka, told[COUNT // 2 :])
                await tell_all(kafka, still_holding(told))
                await tally(postgres, receiver, told, what="Kafka restarted empty", within=120)


async def test_a_provider_that_fails_in_every_way_is_asked_again_under_the_same_key(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    """Of the first tries one in four is never answered, answered with a fault, or answered after our patience."""
    dice = random.Random(SEED)
    tried: set[str] = set()

    def moody(got: Got) -> int | None:
        if got.key in tried or dice.random() > 0.25:
            return 204
        tried.add(got.key)
        return dice.choice([500, 502, 503, 429, 408, None])

    async with receiving() as receiver:
        receiver.answer = moody
        await with_home(postgres, *homes_of(COUNT, receiver.url))
        told = cries(COUNT)
        async with running(tmp_path, environ_of(postgres, kafka)):
            await tell_all(kafka, told, per_second=COUNT / 5)
            counted = await tally(postgres, receiver, told, what=f"a moody provider, seed {SEED}", within=120)
        assert counted.doubled == len(tried)
