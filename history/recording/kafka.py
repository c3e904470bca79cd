"""Follow the topics from the offsets that the database holds, and hand batches to the writer."""

from typing import Final

import psycopg
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from contracts.topics import ALERTS, FINDINGS, MESSAGES, READINGS
from history import metrics
from history.recording.batch import Batch, Place, Record, Source, batch_of, dead
from history.recording.postgres import Fenced, Writer
from runtime import clock
from runtime.kafka import name_of
from runtime.lifecycle import Life
from runtime.settings import History, Kafka

log = structlog.get_logger()

_TOPICS: Final = {
    Source.READINGS: READINGS,
    Source.FINDINGS: FINDINGS,
    Source.ALERTS: ALERTS,
    Source.MESSAGES: MESSAGES,
}
#: A record may hold 500 readings: asking for few at a time keeps a batch near its bound.
_RECORDS_AT_ONCE: Final = 16
#: A log that ends before our place for so long is another log; a new leader may say so for a moment.
_ANOTHER_LOG_SECONDS: Final = 3.0
#: Who was overtaken leaves the other alone for so long; then it stands by again.
_STAND_BACK_SECONDS: Final = 2.0


class Follower:
    """Reads every partition itself: the offsets are in the database, so no group has to agree on anything."""

    def __init__(self, consumer: AIOKafkaConsumer, writer: Writer, *, kafka: Kafka, settings: History) -> None:
        self._consumer = consumer
        self._writer = writer
        self._settings = settings
        self._sources = {
            Place(name_of(topic, kafka), partition): source
            for source, topic in _TOPICS.items()
            for partition in range(topic.partitions)
        }
        self._next: dict[Place, int] = {}
        #: Since when each place's log has ended before the offset that we wait for.
        self._beyond: dict[Place, float] = {}

    async def follow(self, life: Life) -> None:
        """Record until the service stops; begin again from the database's offsets after every trouble."""
        while not life.stopping.is_set():
            try:
                await self._begin()
                life.set_ready(True)
                while not life.stopping.is_set():
                    await self._turn()
                    life.turned("record")
            except Fenced:
                metrics.fenced.inc()
                log.warning("writer_was_overtaken")
                await life.rest(_STAND_BACK_SECONDS)
            except psycopg.OperationalError as error:
                life.set_ready(False, "database away")
                log.warning("database_lost", error=type(error).__name__)
                await life.rest(0.5)

    async def _begin(self) -> None:
        self._consumer.assign([_partition_of(place) for place in self._sources])
        self._next = await self._writer.offsets(self._sources)
        for place, offset in self._next.items():
            self._consumer.seek(_partition_of(place), offset)

    async def _turn(self) -> None:
        batch = await self._collect()
        if batch.records:
            await self._write(batch)
        for place in self._ended_before():
            await self._begin_anew(place)
            self._consumer.seek(_partition_of(place), 0)
        self._measure()

    async def _collect(self) -> Batch:
        batch = Batch()
        deadline = clock.ticks() + self._settings.batch_milliseconds / 1000
        while batch.size < self._settings.batch_rows:
            left = deadline - clock.ticks()
            if left <= 0:
                break
            got = await self._consumer.getmany(timeout_ms=int(left * 1000) + 1, max_records=_RECORDS_AT_ONCE)
            for partition, records in got.items():
                await self._take(Place(partition.topic, partition.partition), records, batch)
        return batch

    async def _take(self, place: Place, records: list[ConsumerRecord], batch: Batch) -> None:
        expected = batch.ends.get(place, self._next[place])
        first = records[0].offset
        if first < expected:
            # We asked for `expected` and got less: the log ends before it.
            await self._begin_anew(place)
        elif first > expected > 0:
            metrics.missed_records.inc(first - expected)
            log.error("records_missed", topic=place.topic, partition=place.partition, records=first - expected)
        for record in records:
            source = self._sources[place]
            batch.take(Record(source=source, place=place, offset=record.offset, payload=record.value or b""))

    def _ended_before(self) -> list[Place]:
        """Find the places that wait for an offset which their log does not reach; not every broker refuses it."""
        for place, offset in self._next.items():
            end = self._consumer.highwater(_partition_of(place))
            if end is None or end >= offset:
                self._beyond.pop(place, None)
            else:
                self._beyond.setdefault(place, clock.ticks())
        return [place for place, since in self._beyond.items() if clock.ticks() - since > _ANOTHER_LOG_SECONDS]

    async def _begin_anew(self, place: Place) -> None:
        """Read a place from its beginning: its log is not the one that was read before."""
        log.error("log_begins_anew", topic=place.topic, partition=place.partition, expected=self._next[place])
        await self._writer.begin_anew(place, was=self._next[place])
        self._next[place] = 0
        self._beyond.pop(place, None)

    async def _write(self, batch: Batch) -> None:
        try:
            await self._record(batch)
        except psycopg.DataError as error:
            log.warning("batch_refused", error=type(error).__name__)
            for record in batch.records:
                await self._record_alone(record)

    async def _record_alone(self, record: Record) -> None:
        """Record it, or put it aside when it is the one that the database does not take."""
        try:
            await self._record(batch_of([record]))
        except psycopg.DataError as error:
            why = error.diag.message_primary or "refused by the driver"
            await self._record(dead(record, f"{type(error).__name__}: {why}"))

    async def _record(self, batch: Batch) -> None:
        began = clock.ticks()
        await self._writer.write(batch, self._next)
        self._next |= batch.ends
        metrics.write_seconds.observe(clock.ticks() - began)
        _count(batch)

    def _measure(self) -> None:
        lag = dict.fromkeys(Source, 0)
        for place, source in self._sources.items():
            end = self._consumer.highwater(_partition_of(place))
            lag[source] += max(0, (end or 0) - self._next[place])
        for source, records in lag.items():
            metrics.lag_records.labels(source=source).set(records)


def _count(batch: Batch) -> None:
    metrics.batches.inc()
    metrics.rows.labels(source=Source.READINGS).inc(len(batch.readings))
    metrics.rows.labels(source=Source.FINDINGS).inc(len(batch.findings))
    metrics.rows.labels(source=Source.ALERTS).inc(len(batch.alerts))
    metrics.rows.labels(source=Source.MESSAGES).inc(len(batch.messages))
    if batch.batched_at:
        metrics.lag_seconds.set((clock.now() - batch.batched_at).total_seconds())
    for letter in batch.letters:
        metrics.dead_letters.labels(fate=letter.fate).inc()
        place = letter.record.place
        log.warning("record_put_aside", topic=place.topic, partition=place.partition, fate=letter.fate)


def _partition_of(place: Place) -> TopicPartition:
    return TopicPartition(place.topic, place.partition)
