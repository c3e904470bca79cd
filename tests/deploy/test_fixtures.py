"""Sentences about the servers that all other tests stand on."""

import asyncio
from pathlib import Path

import paho.mqtt.client as paho
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contracts.topics import READINGS
from deploy.embedded.stack import Stack
from runtime import kafka as runtime_kafka
from runtime.postgres import connect
from runtime.settings import Kafka, Mqtt, Postgres, Settings
from tests.until import until

pytestmark = pytest.mark.door


async def test_a_record_goes_through_a_topic_of_the_tests_own(any_kafka: Kafka) -> None:
    name = runtime_kafka.name_of(READINGS, any_kafka)
    async with runtime_kafka.producing(any_kafka) as producer:
        await producer.send_and_wait(name, b"one", partition=2)
    async with runtime_kafka.consuming(any_kafka, READINGS, group="g") as consumer:
        record = await asyncio.wait_for(consumer.getone(), 10)
    assert (record.topic, record.partition, record.value) == (name, 2, b"one")


async def test_each_test_has_a_migrated_database_of_its_own(any_postgres: Postgres) -> None:
    connection = await connect(any_postgres)
    async with connection:
        row = await (await connection.execute("select count(*) from storage_mode")).fetchone()
    assert row == (1,)


async def test_an_oversized_payload_passes_the_broker_so_that_ingest_can_refuse_it(any_mqtt: Mqtt) -> None:
    heard: list[int] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=any_mqtt.client_id, protocol=paho.MQTTv5)
    granted: list[int] = []
    client.on_message = lambda _client, _data, message: heard.append(len(message.payload))
    client.on_subscribe = lambda *_: granted.append(1)
    client.connect(any_mqtt.host, any_mqtt.port)
    client.loop_start()
    try:
        client.subscribe("home/00/h-big/#", qos=1)
        await until(lambda: granted, what="the subscription")
        client.publish("home/00/h-big/native/readings", b"x" * (1 << 20), qos=1)
        await until(lambda: heard == [1 << 20], what="a payload of 1 MiB")
    finally:
        client.disconnect()
        client.loop_stop()


def test_all_three_servers_serve_one_test(settings: Settings) -> None:
    assert settings.kafka.topic_prefix
    with psycopg.connect(settings.postgres.dsn.reveal()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_stack_keeps_its_secrets_and_tells_all_addresses(server_folder: Path) -> None:
    with Stack(server_folder / "stack", durable=False) as stack:
        first = dict(stack.environ)
        assert stack.postgres is not None
        with psycopg.connect(stack.environ["DOLBOM_POSTGRES_DSN"]) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    with Stack(server_folder / "stack", {"DOLBOM_KAFKA_BOOTSTRAP": "127.0.0.1:1"}, durable=False) as stack:
        assert stack.kafka is None
        assert stack.environ["DOLBOM_CONSOLE_OPERATOR_PASSWORD"] == first["DOLBOM_CONSOLE_OPERATOR_PASSWORD"]
    assert (server_folder / "stack" / "secrets.json").stat().st_mode & 0o777 == 0o600
