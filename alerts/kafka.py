"""Alerts and Kafka: findings are heard and applied, and every change of an alert is told in order."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import psycopg
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import CommitFailedError, IllegalStateError
from psycopg_pool import PoolTimeout

from alerts import metrics
from alerts.credible import Incredible, doubt
from alerts.events import Found
from alerts.many.deciding import MOST
from alerts.places.kafka import Places
from alerts.postgres import AlertStore
from alerts.transition import Transition
from contracts import Finding, decode
from contracts.codec import Undecodable
from contracts.topics import ALERTS
from runtime import clock
from runtime.kafka import name_of
from runtime.postgres import Pool
from runtime.settings import Kafka

log = structlog.get_logger()

Done = TypeVar("Done")


class Hearing:
    """Findings from Kafka, each applied before its offset is committed."""

    def __init__(self, *, consumer: AIOKafkaConsumer, store: AlertStore, pool: Pool) -> None:
        self._consumer = consumer
        self._store = store
        self._pool = pool
        self._places = Places(consumer=consumer, pool=pool)
        #: How long the finding that was applied last had waited; 0 when none waits.
        self.lag_seconds = 0.0

    async def turn(self) -> None:
        """Apply what has come, then commit."""
        batches = await self._consumer.getmany(timeout_ms=500, max_records=500)
        batches = await _until_done(partial(self._places.gone_back_to, batches))
        if not batches:
            self.lag_seconds = 0.0
        # Partitions hold different homes: what comes of several is written together, each in its own order.
        for few in _cut([record for records in batches.values() for record in records], MOST):
            await _until_done(partial(self._apply, few))
        if batches:
            ends = {partition: records[-1].offset + 1 for partition, records in batches.items()}
            await _until_done(partial(self._places.keep, ends))
            await self._commit(ends)

    async def _apply(self, records: Sequence[ConsumerRecord]) -> None:
        """Apply them in their order: what can be read in one transaction, unless the database refuses some of it."""
        readable: list[tuple[ConsumerRecord, Found]] = []
        for record in records:
            finding = _read(record)
            if isinstance(finding, Incredible):
                await self._refuse(record, finding)
            else:
                readable.append((record, Found(finding=finding)))
        try:
            done = await self._store.apply_all([found for _, found in readable])
        except psycopg.DataError:
            if len(readable) == 1:
                return await self._refuse(readable[0][0], Incredible.UNSTORABLE)
            for record, _ in readable:
                await self._apply([record])
            return
        for (record, _), transition in zip(readable, done, strict=True):
            self._tell(record, transition)

    def _tell(self, record: ConsumerRecord, done: Transition) -> None:
        metrics.findings.labels(reason=done.reason).inc()
        self.lag_seconds = max(clock.now().timestamp() - record.timestamp / 1000, 0)
        metrics.findings_lag_seconds.set(self.lag_seconds)
        if done.changed and done.alert:
            log.info(
                "alert_advanced",
                alert_id=done.alert.alert_id,
                home_id=done.alert.home_id,
                hazard=done.alert.hazard,
                severity=done.alert.severity,
                reason=done.reason,
            )

    async def _refuse(self, record: ConsumerRecord, fault: Incredible) -> None:
        """Keep what cannot be read where somebody can look at it, and go on with the next."""
        metrics.findings_refused.labels(reason=fault).inc()
        log.error("finding_refused", partition=record.partition, offset=record.offset, reason=fault)
        async with self._pool.connection() as connection:
            await connection.execute(
                _REFUSE,
                {
                    "topic": record.topic,
                    "partition": record.partition,
                    "record_offset": record.offset,
                    "reason": fault,
                    "payload": record.value or b"",
                },
            )

    async def _commit(self, offsets: dict[Any, int]) -> None:
        try:
            await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            # The partition went to another worker; it hears these again, and they change nothing.
            log.warning("offsets_not_committed")


def _read(record: ConsumerRecord) -> Finding | Incredible:
    try:
        finding = decode(record.value or b"", Finding)
    except Undecodable:
        return Incredible.UNREADABLE
    return doubt(finding) or finding


def _cut(records: Sequence[ConsumerRecord], size: int) -> Iterator[Sequence[ConsumerRecord]]:
    for first in range(0, len(records), size):
        yield records[first : first + size]


async def _until_done(action: Callable[[], Awaitable[Done]]) -> Done:
    """Do it until the database takes it: the next finding must not overtake this one."""
    troubled = False
    while True:
        try:
            return await action()
        except (psycopg.OperationalError, PoolTimeout) as error:
            if not troubled:
                log.warning("finding_waits_for_postgres", error=type(error).__name__)
            troubled = True
            await asyncio.sleep(0.5)


class Relay:
    """Changes of alerts to Kafka: in order, at least once, by one process at a time."""

    def __init__(self, *, producer: AIOKafkaProducer, pool: Pool, settings: Kafka, holder: str) -> None:
        self._producer = producer
        self._pool = pool
        self._topic = name_of(ALERTS, settings)
        self._holder = holder
        self._leased_at = float("-inf")

    async def turn(self, limit: int = 500) -> int:
        """Tell what waits, if it is ours to tell; answer how many changes it was."""
        waiting = await self._waiting(limit)
        if not waiting:
            return 0
        async with asyncio.timeout(_ACKNOWLEDGED_WITHIN_SECONDS):
            sent = [
                await self._producer.send(self._topic, change.encode(), key=home_id.encode(), partition=0)
                for _, home_id, change in waiting
            ]
            await asyncio.gather(*sent)
        async with self._pool.connection() as connection:
            await connection.execute(_TOLD, {"told": [sequence for sequence, _, _ in waiting]})
        return len(waiting)

    async def _waiting(self, limit: int) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            began = clock.ticks()
            if began - self._leased_at > _RENEWED_AFTER_SECONDS:
                lease = await connection.execute(_LEASE, {"holder": self._holder})
                if not lease.rowcount:
                    return []
                self._leased_at = began
            return await (await connection.execute(_WAITING, {"limit": limit})).fetchall()


#: How long one relay may tell the world before it must say again that it lives.
LEASE: Final = "interval '10 seconds'"
#: Shorter than the lease, together: who has lost it does not tell any more.
_ACKNOWLEDGED_WITHIN_SECONDS: Final = 5
_RENEWED_AFTER_SECONDS: Final = 3
_REFUSE: Final = """
    insert into finding_refused (topic, partition, record_offset, reason, payload)
    values (%(topic)s, %(partition)s, %(record_offset)s, %(reason)s, %(payload)s) on conflict do nothing
"""
# The epoch grows when the lease changes hands.
_LEASE: Final = f"""
    insert into alert_lease (name, holder, epoch, until_at)
    values ('relay', %(holder)s, 1, clock_timestamp() + {LEASE})
    on conflict (name) do update
    set holder = excluded.holder, until_at = excluded.until_at,
        epoch = alert_lease.epoch + (alert_lease.holder <> excluded.holder)::integer
    where alert_lease.holder = excluded.holder or alert_lease.until_at < clock_timestamp()
"""
_WAITING: Final = """
    select sequence, change ->> 'home_id', change::text from alert_change order by sequence limit %(limit)s
"""
# Whatever a crash brings back is told once more, which is promised to nobody not to happen: no commit waits for a disk.
_TOLD: Final = """
    delete from alert_change
    where sequence = any(%(told)s) and (select set_config('synchronous_commit', 'off', true)) is not null
"""
