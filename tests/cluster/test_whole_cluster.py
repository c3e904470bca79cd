"""Three brokers, a database with its copy and our services, sealed: what passes, and what does not."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from psycopg.errors import InsufficientPrivilege

from contracts import HomeId, partition_of
from contracts.topics import ALERTS, ALL_TOPICS, FINDINGS, PARTITIONS, READINGS
from deploy.cluster import Cluster
from deploy.cluster.mosquitto import SERVICES
from deploy.cluster.network import why_not
from deploy.cluster.press import a_block
from deploy.cluster.rights import WRITES
from deploy.embedded.apache_kafka import NoApacheKafka
from deploy.embedded.mosquitto import NoMosquitto
from deploy.embedded.postgres_binaries import NoPostgres
from runtime.kafka import consumer_of, security_of
from runtime.settings import Kafka, Secret, load

pytestmark = [pytest.mark.real, pytest.mark.journey, pytest.mark.timeout(400)]
#: `python -m deploy cluster --once` runs two of each, a keeper and a prober; here the machine is shared.
NOT_NEEDED = ("ingest-2", "detectors-2", "alerts-2", "history-2", "console-2", "prober", "keeper")


@pytest.fixture(scope="module")
def here() -> Iterator[Cluster]:
    if reason := why_not():
        pytest.skip(f"no cluster was started: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="dolbom-cluster-"))
    try:
        with Cluster(folder, without=NOT_NEEDED) as running:
            yield running
    except (NoApacheKafka, NoMosquitto, NoPostgres) as why:
        pytest.skip(f"no cluster was started: {why}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_service(here: Cluster, service: str) -> Kafka:
    """Tell what a service knows of Kafka, its certificate among it."""
    return load(here.environ_for(service, "home")).kafka


async def write(settings: Kafka, topic: str) -> None:
    producer = AIOKafkaProducer(**security_of(settings), acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, b"forged")
    finally:
        await producer.stop()


async def leader_of(here: Cluster, home_id: HomeId) -> str:
    """Name the broker that leads the partition of a home's readings."""
    admin = AIOKafkaAdminClient(**security_of(here.settings().kafka))
    await admin.start()
    try:
        (told,) = await admin.describe_topics([READINGS.name])
    finally:
        await admin.close()
    mine = partition_of(home_id, partitions=PARTITIONS)
    return next(f"kafka-{each['leader']}" for each in told["partitions"] if each["partition"] == mine)


async def test_a_press_becomes_a_push_over_sealed_lines_with_and_without_one_broker(here: Cluster) -> None:
    async with a_block(here, homes=2, seed=3) as block:
        first, second = (home.home_id for home in block.homes)
        assert await block.press(first, within=60) > 0
        leader = here.parts[await leader_of(here, second)]
        leader.kill()
        try:
            assert await block.press(second, within=120) > 0
        finally:
            leader.start()
    assert here.primary() == "postgres-1"


async def test_no_service_writes_the_topic_of_another(here: Cluster) -> None:
    for service, mine in WRITES.items():
        for topic in (topic for topic in ALL_TOPICS if topic not in mine):
            with pytest.raises(TopicAuthorizationFailedError):
                await write(as_service(here, service), topic.name)


async def test_no_service_reads_what_is_not_for_it(here: Cluster) -> None:
    consumer = consumer_of(as_service(here, "console"), group=None)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(FINDINGS.name, 0)])
        with pytest.raises(TopicAuthorizationFailedError):
            async with asyncio.timeout(30):
                await consumer.getone()
    finally:
        await consumer.stop()


async def test_no_service_takes_the_place_of_another_in_its_group(here: Cluster) -> None:
    consumer = consumer_of(as_service(here, "history"), ALERTS, group="alerts")
    try:
        with pytest.raises(GroupAuthorizationFailedError):
            async with asyncio.timeout(30):
                await consumer.start()
                await consumer.getone()
    finally:
        await consumer.stop()


async def test_kafka_lets_nobody_in_without_a_certificate_of_its_own_authority(here: Cluster) -> None:
    known = as_service(here, "ingest")
    gateway = here.gateway("a-thief")
    strangers = (
        replace(known, ca_file=""),
        replace(known, certificate_file="", key_file=""),
        replace(known, certificate_file=gateway.certificate_file, key_file=gateway.key_file),
    )
    for stranger in strangers:
        with pytest.raises((KafkaError, OSError, TimeoutError)):
            async with asyncio.timeout(20):
                await write(stranger, READINGS.name)


def test_each_service_is_somebody_of_its_own_to_the_database_and_may_do_its_work_alone(here: Cluster) -> None:
    for service in ("ingest", "detectors", "alerts", "history", "console", "keeper", "prober"):
        dsn = load(here.environ_for(service, "home")).postgres.dsn.reveal()
        with psycopg.connect(dsn) as connection:
            assert connection.info.user == f"dolbom_{service}"
            with pytest.raises(InsufficientPrivilege):
                connection.execute("update access_log set account = 'nobody'")
    with psycopg.connect(here.settings().postgres.dsn.reveal()) as owner:
        at_work = {f"{name}" for (name,) in owner.execute("select usename from pg_stat_activity").fetchall()}
    assert {"dolbom_ingest", "dolbom_alerts", "dolbom_history", "dolbom_console"} <= at_work


def test_the_database_and_the_mqtt_broker_speak_to_nobody_in_the_open(here: Cluster) -> None:
    dsn = here.settings().postgres.dsn.reveal()
    psycopg.connect(dsn).close()
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(Secret(dsn.replace("sslmode=verify-full", "sslmode=disable")).reveal())
    sealed = here.settings().mqtt
    client = Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(sealed.username, sealed.password.reveal())
    refused: list[object] = []
    client.on_connect = lambda *told: refused.append("let in")
    with pytest.raises((OSError, ConnectionError)):
        client.connect(sealed.host, SERVICES)
        while client.loop(1) == 0:
            assert not refused
        raise ConnectionError
