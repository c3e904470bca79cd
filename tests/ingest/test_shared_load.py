"""Several bridges as processes: they share the partitions, one takes over from another, and nothing is lost."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from contracts.topics import PARTITIONS, READINGS
from deploy.embedded.stack import Running
from runtime import clock
from runtime.settings import Ingest, Kafka, Mqtt, Postgres, Secret, Settings
from tests.ingest.doors import Gateway, Log, a_bridge, a_gateway, a_log
from tests.ingest.street import a_home, saved
from tests.ingest.tally import a_flow, tally, told
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.timeout(180)]

HOMES = [f"h-{number}" for number in range(23)]


@contextmanager
def named(name: str, settings: Settings, folder: Path) -> Iterator[Running]:
    (folder / name).mkdir(exist_ok=True)
    with a_bridge(replace(settings, ingest=Ingest(name=name)), folder / name) as bridge:
        yield bridge


@pytest.fixture
async def settings(any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres) -> Settings:
    await saved(postgres, *(a_home(home_id) for home_id in HOMES))
    return Settings(mqtt=any_mqtt, kafka=kafka, postgres=postgres)


def serves(bridge: Running, partitions: int) -> bool:
    return bridge.ready() and f"dolbom_ingest_partitions {partitions}.0" in bridge.metrics()


async def shared(*bridges: Running) -> None:
    async def fair() -> bool:
        return all(serves(bridge, PARTITIONS // len(bridges)) for bridge in bridges)

    await until(fair, within=20, what="a fair share for each bridge")


async def grown(log: Log, by: int) -> None:
    before = len(await log.readings())

    async def more() -> bool:
        return len(await log.readings()) >= before + by

    await until(more, what="the flow in its middle")


def flowing(gateway: Gateway, count: int, *, begin: int = 0) -> asyncio.Task[None]:
    return asyncio.create_task(asyncio.to_thread(gateway.say_many, a_flow(HOMES, count, begin=begin)))


async def test_two_bridges_share_the_homes_and_the_order_of_each_home_is_kept_while_they_do(
    settings: Settings, tmp_path: Path
) -> None:
    async with a_log(settings.kafka, READINGS) as log:
        with named("one", settings, tmp_path) as one, a_gateway(settings.mqtt) as gateway:
            one.wait_ready()
            flow = flowing(gateway, 3_000)
            await grown(log, 50)
            with named("two", settings, tmp_path) as two:
                await shared(one, two)
                await flow
                await flowing(gateway, 500, begin=3_000)
                await tally(log, 3_500, what="a second bridge joins")
                assert two.stop() < 5
                await until(lambda: serves(one, PARTITIONS), within=5, what="all partitions at the first")
                await flowing(gateway, 500, begin=3_500)
                await tally(log, 4_000, what="a second bridge leaves in good order")


async def test_a_bridge_that_is_killed_is_replaced_within_ten_seconds_and_nothing_is_lost(
    settings: Settings, tmp_path: Path
) -> None:
    async with a_log(settings.kafka, READINGS) as log:
        bridges = named("one", settings, tmp_path), named("two", settings, tmp_path)
        with bridges[0] as one, bridges[1] as two, a_gateway(settings.mqtt) as gateway:
            await shared(one, two)
            flow = flowing(gateway, 4_000)
            await grown(log, 200)
            two.kill()
            killed_at = clock.ticks()
            await until(lambda: serves(one, PARTITIONS), within=10, what="all partitions at the other")
            told(f"taken over {clock.ticks() - killed_at:.1f} s after kill -9")
            await flow
            await tally(log, 4_000, what="one of two bridges is killed")


async def test_a_bridge_that_comes_back_under_its_name_goes_on_with_its_own_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    with named("two", settings, tmp_path) as two:
        with named("one", settings, tmp_path) as one:
            await shared(one, two)
            one.kill()
        with named("one", settings, tmp_path) as one:
            await until(lambda: one.alive and one.ready(), within=5.5, what="the share of the one that came back")
            assert serves(one, 2) and serves(two, 2)
        assert '"event": "partition_taken"' not in two.log_path.read_text().partition("partition_released")[2]


async def test_of_two_processes_of_one_name_the_older_ends_and_says_what_mends_it(
    settings: Settings, tmp_path: Path
) -> None:
    with named("one", settings, tmp_path) as older:
        older.wait_ready()
        (tmp_path / "younger").mkdir()
        with a_bridge(replace(settings, ingest=Ingest(name="one")), tmp_path / "younger") as younger:
            await until(lambda: not older.alive, what="the end of the older")
            assert older.status == 70
            assert "bridge_name_taken" in older.log_tail() and "DOLBOM_INGEST_NAME" in older.log_tail()
            await until(lambda: serves(younger, PARTITIONS), what="all partitions at the younger")


class Guest:
    """An account of the database that a test can shut out, so that the database is away for one bridge only."""

    def __init__(self, postgres: Postgres) -> None:
        self._dsn = postgres.dsn.reveal()
        self.name = f"guest_{secrets.token_hex(4)}"
        self._do(f"create role {self.name} superuser login password 'guest'")
        self.postgres = replace(
            postgres, dsn=Secret(make_conninfo(self._dsn, user=self.name, password="guest"))
        )  # fmt: skip

    def shut_out(self) -> None:
        self._do(f"alter role {self.name} nologin")
        self._do(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{self.name}'")

    def let_in(self) -> None:
        self._do(f"alter role {self.name} login")

    def _do(self, statement: LiteralString) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(statement)


async def test_a_bridge_without_the_database_goes_on_until_another_takes_over_and_then_does_not_fight(
    settings: Settings, tmp_path: Path
) -> None:
    guest = Guest(settings.postgres)
    bridge = named("one", replace(settings, postgres=guest.postgres), tmp_path)
    async with a_log(settings.kafka, READINGS) as log:
        with bridge as one, a_gateway(settings.mqtt) as gateway:
            one.wait_ready()
            guest.shut_out()
            await until(lambda: "leases_not_reached" in one.log_tail(100), what="the loss of the database")
            await flowing(gateway, 300)
            await tally(log, 300, what="without the database")
            with named("two", settings, tmp_path) as two:
                await until(lambda: serves(two, PARTITIONS), within=15, what="all partitions at the other")
                await flowing(gateway, 300, begin=300)
                await tally(log, 600, what="another took over")
                await until(lambda: "session_contested" in one.log_path.read_text(), within=15, what="the giving way")
                await until(lambda: "dolbom_ingest_connected 0.0" in one.metrics(), what="the loss of all sessions")
                await flowing(gateway, 300, begin=600)
                await tally(log, 900, what="the one without the database gave way")
                guest.let_in()
                await shared(one, two)
                assert "partition_taken_over" not in two.log_path.read_text()
