"""What the detectors send and load beside Faust: findings, refusals and the chunks of their checkpoints."""

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from contracts import Finding, Refusal, encode, partition_of
from contracts.topics import CHECKPOINTS, FINDINGS, PARTITIONS, READINGS, REFUSED
from detectors import metrics
from runtime.kafka import name_of, security_of
from runtime.settings import Kafka

log = structlog.get_logger()

#: So many records wait for Kafka at most; then the stream waits too, and Kafka keeps what comes next.
MOST_WAITING: Final = 10_000
#: Who does not answer within so long does not answer.
_PATIENCE_SECONDS: Final = 5.0


class Outbox:
    """Sends at once and in order; whoever must know waits until all that was put before is durable."""

    def __init__(self, producer: AIOKafkaProducer, settings: Kafka) -> None:
        self._producer = producer
        self._settings = settings
        self._waiting: asyncio.Queue[tuple[str, bytes, bytes, int]] = asyncio.Queue()
        self._put = 0
        self._durable = 0
        self._moved = asyncio.Event()

    def tell(self, findings: Iterable[Finding]) -> None:
        """Put findings on their way."""
        topic = name_of(FINDINGS, self._settings)
        for finding in findings:
            metrics.findings.labels(hazard=finding.hazard, phase=finding.phase).inc()
            partition = partition_of(finding.home_id, partitions=PARTITIONS)
            self._add(topic, finding.home_id.encode(), encode(finding), partition)

    def refuse(self, refusal: Refusal) -> None:
        """Put a record that nobody can read on its way to the dead letters."""
        self._add(name_of(REFUSED, self._settings), b"detectors", encode(refusal), 0)

    def _add(self, topic: str, key: bytes, value: bytes, partition: int) -> None:
        self._waiting.put_nowait((topic, key, value, partition))
        self._put += 1

    async def run(self) -> None:
        """Send until cancelled; a send that fails raises."""
        under_way: asyncio.Queue[asyncio.Future[object]] = asyncio.Queue(maxsize=10_000)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send(under_way))
            group.create_task(self._confirm(under_way))

    async def _send(self, under_way: "asyncio.Queue[asyncio.Future[object]]") -> None:
        while True:
            topic, key, value, partition = await self._waiting.get()
            await under_way.put(await self._producer.send(topic, value, key=key, partition=partition))

    async def _confirm(self, under_way: "asyncio.Queue[asyncio.Future[object]]") -> None:
        while True:
            await (await under_way.get())
            self._durable += 1
            self._moved.set()

    async def durable(self) -> None:
        """Wait until everything that was put before this call is durable."""
        goal = self._put
        while self._durable < goal:
            self._moved.clear()
            await self._moved.wait()

    @property
    def waits(self) -> bool:
        """Tell whether something is on its way that Kafka has not taken yet."""
        return self._durable < self._put

    async def room(self) -> None:
        """Wait while too much is on its way, so that a Kafka that hangs does not fill the memory."""
        if self._put - self._durable > MOST_WAITING:
            await self.durable()

    async def write_chunk(self, partition: int, key: bytes, chunk: bytes) -> None:
        """Make a chunk durable, alone in its batch: a reader's end offset is right then on every broker we know."""
        topic = name_of(CHECKPOINTS, self._settings)
        await self._producer.send_and_wait(topic, chunk, key=key, partition=partition)
        metrics.chunks_written.inc()
        metrics.checkpoint_age.set_to_current_time()


async def read_chunks(settings: Kafka, partitions: Iterable[int]) -> dict[int, dict[bytes, bytes]]:
    """Load the newest record of each chunk of these partitions."""
    places = {TopicPartition(name_of(CHECKPOINTS, settings), partition): partition for partition in partitions}
    written: dict[int, dict[bytes, bytes]] = {partition: {} for partition in places.values()}
    if not places:
        return written
    # The broker's answer to "where is the end" is wrong on the embedded one; what comes with a fetch is right.
    consumer = AIOKafkaConsumer(
        **security_of(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=50,
        max_partition_fetch_bytes=8 << 20,
    )
    await consumer.start()
    try:
        consumer.assign(list(places))
        await consumer.seek_to_beginning(*places)
        while not await _is_read(consumer, places):
            for place, records in (await consumer.getmany(timeout_ms=100)).items():
                written[places[place]] |= {record.key: record.value for record in records if record.value}
    finally:
        await consumer.stop()
    return written


async def ends_of(settings: Kafka, partitions: Iterable[int]) -> dict[int, int]:
    """Ask, by a connection of its own, where the input ends; nothing while Kafka does not answer."""
    places = {TopicPartition(name_of(READINGS, settings), partition): partition for partition in partitions}
    try:
        consumer = AIOKafkaConsumer(**security_of(settings), group_id=None, enable_auto_commit=False)
    except OSError:  # our own certificate is being replaced: nobody ends a worker for that
        return {}
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await consumer.start()
            return {places[place]: end for place, end in (await consumer.end_offsets(list(places))).items()}
    except (KafkaError, OSError, TimeoutError):
        return {}
    finally:
        await consumer.stop()


async def _is_read(consumer: AIOKafkaConsumer, places: Iterable[TopicPartition]) -> bool:
    for place in places:
        end = consumer.highwater(place)
        if end is None or await consumer.position(place) < end:
            return False
    return True
