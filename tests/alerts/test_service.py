"""The service as a process: killed, started again, without Kafka, and fed with rubbish."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from alerts.events import Found
from alerts.postgres import AlertStore
from contracts import AlertChange, Finding, HomeId, Phase, decode, encode, partition_of
from contracts.topics import ALERTS, FINDINGS, PARTITIONS
from deploy.embedded.children import loopback_port
from deploy.embedded.stack import Running
from homes.model import ResponderKind
from runtime import clock
from runtime.kafka import consuming, name_of, producing
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.building import HOME, a_finding, a_home, a_responder
from tests.alerts.receiver import receiving
from tests.alerts.running import environ_of, ready, running, start, with_home
from tests.until import until

pytestmark = pytest.mark.door


async def tell(producer: AIOKafkaProducer, kafka: Kafka, finding: Finding) -> None:
    place = partition_of(finding.home_id, partitions=PARTITIONS)
    await producer.send_and_wait(name_of(FINDINGS, kafka), encode(finding), partition=place)


async def test_a_service_that_is_killed_and_started_again_loses_and_doubles_no_case(
    postgres: Postgres, any_kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver, pooled(postgres) as pool, producing(any_kafka) as producer:
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
        homes = [a_home(HomeId(f"h-{number:04}"), responders=(family,)) for number in range(40)]
        await with_home(postgres, *homes)
        environ, store = environ_of(postgres, any_kafka), AlertStore(pool)
        told = [a_finding(home=home.home_id, since=clock.now()) for home in homes]
        async with running(tmp_path, environ, "first") as service:
            for finding in told[:20]:
                await tell(producer, any_kafka, finding)
            await until(lambda: receiver.has(5), what="the first pushes")
            service.kill()
        for finding in told:  # the first twenty once more
            await tell(producer, any_kafka, finding)
        async with running(tmp_path, environ, "second"):
            await until(lambda: _count(store, 40), within=30, what="every cry is a case")
            await until(lambda: len(set(receiver.keys())) >= 40, within=30, what="every case is pushed")
        alerts = await store.open_alerts()
        assert Counter(alert.home_id for alert in alerts) == {home.home_id: 1 for home in homes}
        assert all(alert.repeats == 0 for alert in alerts)
        assert {str(got.json["alert_id"]) for got in receiver.got} == {alert.alert_id for alert in alerts}


async def _count(store: AlertStore, count: int) -> bool:
    return len(await store.open_alerts()) == count


async def test_the_world_is_told_every_change_in_order(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    await with_home(postgres, a_home())
    began = clock.now()
    async with producing(kafka) as producer, running(tmp_path, environ_of(postgres, kafka)):
        for number in range(12):
            await tell(producer, kafka, a_finding(since=began + timedelta(seconds=number)))
        async with consuming(kafka, ALERTS, group=None) as consumer, asyncio.timeout(15):
            versions: list[int] = []
            while len(versions) < 14:
                change = decode((await consumer.getone()).value, AlertChange)
                assert change.home_id == HOME
                versions.append(change.version)
        assert versions == list(range(1, len(versions) + 1))


async def test_rubbish_is_put_aside_and_the_stream_goes_on(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    await with_home(postgres, a_home())
    rubbish = [
        b"",
        b"\xff\xfe",
        b"{}",
        encode(a_finding(since=clock.now().replace(year=9999))),
        encode(a_finding(home=HomeId("h" * 4000))),
        encode(a_finding(kind="a\0b")),
    ]
    place = partition_of(HOME, partitions=PARTITIONS)
    async with producing(kafka) as producer, pooled(postgres) as pool:
        for payload in rubbish:
            await producer.send_and_wait(name_of(FINDINGS, kafka), payload, partition=place)
        await tell(producer, kafka, a_finding(since=clock.now()))
        async with running(tmp_path, environ_of(postgres, kafka)):
            await until(lambda: _count(AlertStore(pool), 1), what="the good one is heard")
        async with pool.connection() as connection:
            cursor = await connection.execute("select reason from finding_refused order by record_offset")
            reasons = [reason for (reason,) in await cursor.fetchall()]
    assert reasons == [
        "unreadable",
        "unreadable",
        "unreadable",
        "impossible_time",
        "name_too_long",
        "unstorable",
    ]


async def test_people_are_called_while_kafka_is_away_and_a_stop_is_quick(postgres: Postgres, tmp_path: Path) -> None:
    away = Kafka(bootstrap=f"127.0.0.1:{loopback_port()}")
    async with receiving() as receiver, pooled(postgres) as pool:
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
        await with_home(postgres, a_home(responders=(family,)))
        service = start(tmp_path, environ_of(postgres, away))
        try:
            store = AlertStore(pool)
            await store.apply(Found(finding=a_finding(phase=Phase.HOLDS, since=clock.now())))
            await until(lambda: receiver.has(1), within=20, what="the push goes out without Kafka")
            assert not await ready(service)
            assert service.stop(within=6) < 5
        finally:
            service.kill()


async def test_a_stop_is_quick_while_a_receiver_does_not_answer(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver, pooled(postgres) as pool:
        receiver.answer = lambda _: None
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
        await with_home(postgres, a_home(responders=(family,)))
        async with running(tmp_path, environ_of(postgres, kafka)) as service:
            await AlertStore(pool).apply(Found(finding=a_finding()))
            await until(lambda: receiver.has(1), what="the call is on its way")
            assert service.stop(within=6) < 5


async def test_a_service_without_its_secrets_says_so_and_does_not_start(tmp_path: Path) -> None:
    service = start(tmp_path, {"DOLBOM_ALERTS_LINK_SECRET": "short", "PATH": ""})
    await until(lambda: not service.alive, what="it ends")
    assert service.status == 2
    tail = service.log_tail()
    assert "DOLBOM_ALERTS_LINK_SECRET" in tail and "DOLBOM_ALERTS_WEBHOOK_SECRET" in tail


async def test_what_is_measured_has_a_number(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    await with_home(postgres, a_home())
    async with (
        producing(kafka) as producer,
        running(tmp_path, environ_of(postgres, kafka)) as service,
        pooled(postgres) as pool,
    ):
        await AlertStore(pool).apply(Found(finding=a_finding()))
        await until(
            lambda: 'dolbom_alerts_open{age="under_1_minute",severity="emergency"} 1.0' in service.metrics(),
            within=15,
            what="the open case is counted",
        )
        assert "dolbom_alerts_outbox_late_seconds" in service.metrics()
        await tell(producer, kafka, a_finding(since=clock.now()))
        await until(lambda: _lag(service) > 0, what="how long a finding waited is measured")


def _lag(service: Running) -> float:
    name = "dolbom_alerts_findings_lag_seconds "
    return float(next(line for line in service.metrics().splitlines() if line.startswith(name)).removeprefix(name))
