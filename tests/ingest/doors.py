"""A bridge as a process, a gateway that keeps what was not acknowledged, and a look into Kafka."""

import os
import sys
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import fields
from pathlib import Path

import msgspec
import paho.mqtt.client as paho
from aiokafka import AIOKafkaConsumer, TopicPartition
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from contracts import Reading, ReadingBatch, Refusal, WatchedHome, decode
from contracts.topics import Topic
from deploy.embedded.children import Child, loopback_port
from deploy.embedded.stack import ROOT, Running
from runtime.kafka import name_of
from runtime.settings import Kafka, Mqtt, Secret, Settings
from runtime.settings import name_of as variable_of


def environ_of(settings: Settings) -> dict[str, str]:
    variables: dict[str, str] = {}
    for section in ("mqtt", "kafka", "postgres", "ingest"):
        part = getattr(settings, section)
        variables |= {variable_of(section, each.name): _told(getattr(part, each.name)) for each in fields(part)}
    return variables


def _told(value: object) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)


@contextmanager
def a_bridge(settings: Settings, folder: Path, *arguments: str) -> Iterator[Running]:
    port = loopback_port()
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")},
        **environ_of(settings),
        "DOLBOM_SERVICE_PROBE_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    child = Child([sys.executable, "-m", "ingest", *arguments], log=folder / "ingest.log", environ=environ, cwd=ROOT)
    running = Running("ingest", child, port)
    try:
        yield running
    finally:
        running.kill()


class Gateway:
    """Publishes at QoS 1 and knows what the broker has taken."""

    def __init__(self, mqtt: Mqtt) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.max_inflight_messages_set(100)
        self._client.on_message = self._on_message
        self._connected = threading.Event()
        self._client.on_connect = lambda *_: self._connected.set()
        self._client.on_disconnect = lambda *_: self._connected.clear()
        self.heard: list[tuple[str, object]] = []
        #: Questions that are no JSON.
        self.asked: list[str] = []
        self._client.connect(mqtt.host, mqtt.port)
        self._client.loop_start()
        self._subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: self._subscribed.set()

    def _on_message(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        if message.topic.startswith("cmd/") and "/sparkplug/" in message.topic:
            self.asked.append(message.topic)
            return
        self.heard.append((message.topic, msgspec.json.decode(message.payload)))

    def listen(self, topic: str) -> None:
        self._client.subscribe(topic, qos=1)
        assert self._subscribed.wait(10)

    def say(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(20)

    def whisper(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=0).wait_for_publish(20)

    def say_many(self, messages: list[tuple[str, bytes]]) -> None:
        said = [self._client.publish(topic, payload, qos=1) for topic, payload in messages]
        for info, (topic, payload) in zip(said, messages, strict=True):
            told = info
            while told.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:  # the broker was away: say it again when it is back
                assert self._connected.wait(30)
                told = self._client.publish(topic, payload, qos=1)
            told.wait_for_publish(30)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def a_gateway(mqtt: Mqtt) -> Iterator[Gateway]:
    gateway = Gateway(mqtt)
    try:
        yield gateway
    finally:
        gateway.close()


class Log:
    """What a topic holds, read from its beginning and further at each look."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self.records: dict[int, list[bytes]] = defaultdict(list)

    async def look(self) -> None:
        for place, records in (await self._consumer.getmany(timeout_ms=50)).items():
            self.records[place.partition] += [record.value for record in records]

    async def batches_by_partition(self) -> dict[int, list[ReadingBatch]]:
        await self.look()
        return {place: [decode(value, ReadingBatch) for value in values] for place, values in self.records.items()}

    async def batches(self) -> list[ReadingBatch]:
        return [batch for batches in (await self.batches_by_partition()).values() for batch in batches]

    async def homes(self) -> list[WatchedHome]:
        return [home for batch in await self.batches() for home in batch.homes]

    async def readings(self) -> list[Reading]:
        return [reading for batch in await self.batches() for reading in batch.readings]

    async def refusals(self) -> list[Refusal]:
        await self.look()
        return [decode(value, Refusal) for values in self.records.values() for value in values]


@asynccontextmanager
async def a_log(settings: Kafka, topic: Topic) -> AsyncIterator[Log]:
    name = name_of(topic, settings)
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap, group_id=None, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(name, partition) for partition in range(topic.partitions)])
    await consumer.start()
    try:
        yield Log(consumer)
    finally:
        await consumer.stop()
