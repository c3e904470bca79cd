"""What gateways said lately, brought to Kafka for the raw view; nothing waits for it and nothing falls with it."""

import asyncio
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts import HeardMessages, encode
from contracts.topics import MESSAGES, PARTITIONS
from ingest.trail import Trail, records
from runtime.kafka import name_of
from runtime.settings import Kafka

log = structlog.get_logger()

#: Writing a message down for people takes ten times as long as hearing it: so many in a second at most.
_MOST: Final = 2_000


class RawView:
    """Sends what the trail holds, at most one round at a time."""

    def __init__(self, producer: AIOKafkaProducer, settings: Kafka, trail: Trail) -> None:
        self._producer = producer
        self._topic = name_of(MESSAGES, settings)
        self._trail = trail
        self._tasks: set[asyncio.Task[None]] = set()

    def turn(self) -> None:
        """Send what was noted; while an earlier round is under way the trail keeps its last messages."""
        if self._tasks:
            return
        for partition, record in records(self._trail.drain(_MOST), partitions=PARTITIONS):
            task = asyncio.get_running_loop().create_task(self._send(partition, record))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, partition: int, record: HeardMessages) -> None:
        try:
            await self._producer.send_and_wait(self._topic, encode(record), partition=partition)
        except (KafkaError, OSError) as error:
            log.warning("raw_view_not_sent", error=type(error).__name__, messages=len(record.messages))
