"""The place in `findings`, kept in the database that the findings change: wherever that one knows less, go back.

Kafka's group keeps a place too, and after a crash it is the lower or the same. But a database that was restored from a
backup, or a standby that lagged and took over, has forgotten findings that the group believes heard.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from alerts import metrics
from runtime.postgres import Pool

log = structlog.get_logger()

Batches = Mapping[TopicPartition, Sequence[ConsumerRecord]]

#: A partition that has just come to us has no place yet; it is looked at with the next turn.
_POSITION_SECONDS: Final = 1.0
#: Asked only where we went back and did not get what we wanted; without an answer we go back once more.
_BEGINNING_SECONDS: Final = 5.0


class Places:
    """Compares where the consumer stands with what the database has heard."""

    def __init__(self, *, consumer: AIOKafkaConsumer, pool: Pool) -> None:
        self._consumer = consumer
        self._pool = pool
        #: Where we went back to; when Kafka does not give that record, it may have dropped it.
        self._sought: dict[TopicPartition, int] = {}

    async def gone_back_to(self, batches: Batches) -> Batches:
        """Answer the batches that the database waits for; a partition that it knows less of is sought, and left out."""
        wanted = dict(batches)
        for partition, place in (await self._kept()).items():
            stands = batches[partition][0].offset if partition in batches else await self._position(partition)
            if stands is None or stands <= place:
                continue
            if self._sought.pop(partition, None) == place:
                # A rebalance takes us from where we went as well: only the log itself tells that the record is gone.
                place = await self._kept_by_kafka(partition, place)
            if stands <= place:
                continue
            self._go_back(partition, place, stands)
            wanted.pop(partition, None)
        return wanted

    async def keep(self, ends: Mapping[TopicPartition, int]) -> None:
        """Write down what is heard, after its effects."""
        told = [{"topic": at.topic, "partition": at.partition, "next_offset": end} for at, end in ends.items()]
        async with self._pool.connection() as connection:
            await connection.execute(_KEEP, {"told": msgspec.json.encode(told).decode()})
        for partition in ends:
            self._sought.pop(partition, None)

    def _go_back(self, partition: TopicPartition, place: int, stands: int) -> None:
        try:
            self._consumer.seek(partition, place)
        except IllegalStateError:  # it went to another worker, who looks by itself
            return
        self._sought[partition] = place
        metrics.findings_heard_again.inc(stands - place)
        log.warning("findings_are_heard_again", partition=partition.partition, stood=stands, place=place)

    async def _kept_by_kafka(self, partition: TopicPartition, place: int) -> int:
        """Answer this place, or where the log begins when that is later: what lies between is gone."""
        begins = await self._beginning(partition)
        if begins is None or begins <= place:
            return place
        metrics.findings_missed.inc(begins - place)
        log.error("findings_missed", partition=partition.partition, place=place, begins=begins)
        await self.keep({partition: begins})
        return begins

    async def _beginning(self, partition: TopicPartition) -> int | None:
        try:
            async with asyncio.timeout(_BEGINNING_SECONDS):
                return int((await self._consumer.beginning_offsets([partition]))[partition])
        except (TimeoutError, KafkaError):
            return None

    async def _kept(self) -> dict[TopicPartition, int]:
        ours = self._consumer.assignment()
        topics = sorted({partition.topic for partition in ours})
        if not topics:
            return {}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_PLACES, {"topics": topics})).fetchall()
        kept = {TopicPartition(f"{topic}", int(f"{number}")): int(f"{place}") for topic, number, place in rows}
        return {partition: place for partition, place in kept.items() if partition in ours}

    async def _position(self, partition: TopicPartition) -> int | None:
        try:
            async with asyncio.timeout(_POSITION_SECONDS):
                return int(await self._consumer.position(partition))
        except (TimeoutError, IllegalStateError, KafkaError):
            return None


_PLACES: Final = "select topic, partition, next_offset from finding_place where topic = any(%(topics)s)"
# No commit waits for a disk: it lies behind its effects in the log, and what a crash takes of it is heard once more.
_KEEP: Final = """
    insert into finding_place (topic, partition, next_offset)
    select topic, partition, next_offset
    from jsonb_to_recordset(%(told)s) as told (topic text, partition integer, next_offset bigint)
    where (select set_config('synchronous_commit', 'off', true)) is not null
    order by topic, partition
    on conflict (topic, partition) do update set next_offset = excluded.next_offset
"""
