"""The live feed: alert changes from Kafka, read again from the database, told to every open page."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import psycopg
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from psycopg_pool import PoolTimeout

from console import metrics
from console.board.offering.offer import Offer
from console.board.postgres import Desk
from console.feed import Ring, Stand, marked, newest, read_mark
from console.incidents.cards import mark_of
from console.people import district_of
from console.rows import Entry
from console.seats import Seats
from console.told import Changed, End, Reset, Tick, Told
from contracts import AlertChange, AlertId, AlertState, decode
from contracts.topics import ALERTS, READINGS
from runtime import clock
from runtime.kafka import KafkaAway, consuming, create_topics, name_of
from runtime.lifecycle import Life
from runtime.settings import Kafka

log = structlog.get_logger()

#: A page that has fallen so far behind starts again from a snapshot.
LONGEST_QUEUE = 1_000
TICK_SECONDS = 2.0
COMPARED_EVERY_TICKS = 3


class Live:
    """One reader of the topic `alerts`, and the pages that listen to it."""

    def __init__(self, kafka: Kafka, desk: Desk) -> None:
        self._kafka = kafka
        self._desk = desk
        self._ring: Ring | None = None
        self._listeners: set[asyncio.Queue[Told]] = set()
        self._seats: Seats[asyncio.Queue[Told]] = Seats()
        self._stands: dict[AlertId, Stand] = {}
        self._viewing: dict[AlertId, tuple[str, ...]] = {}
        self._opened: tuple[int, ...] = ()
        self._incidents = ""
        self._not_protected: dict[str, int] = {}
        self._on_duty: tuple[str, ...] = ()
        self._to_follow_up, self._flooded = 0, False
        self._tried: datetime | None = None
        self._notifier_age: float | None = None
        self._offers: tuple[Offer, ...] = ()
        self._ingest_offsets = 0
        self._ingest_moved: float | None = None

    @property
    def mark(self) -> str:
        """Where the feed stands; take it before reading a snapshot, so that nothing falls between the two."""
        return str(self._ring.mark) if self._ring else "e0.0"

    async def listen(self, after: str, session: str) -> AsyncIterator[Told]:
        """Yield what changed after a mark and from now on, until the server stops or the session has newer pages."""
        queue: asyncio.Queue[Told] = asyncio.Queue(LONGEST_QUEUE)
        if (oldest := self._seats.take(session, queue)) is not None:
            metrics.ended.inc()
            self._end(oldest)
        self._listeners.add(queue)
        metrics.streams.inc()
        try:
            async for told in self._missed(after):
                yield told
            yield self._tick()
            while not isinstance(told := await queue.get(), End):
                yield told
                if isinstance(told, Reset) and queue not in self._listeners:
                    return
        finally:
            self._seats.leave(session, queue)
            self._listeners.discard(queue)
            metrics.streams.dec()

    async def _missed(self, after: str) -> AsyncIterator[Told]:
        mark = read_mark(after)
        missed = self._ring.since(mark) if self._ring and mark else None
        metrics.resumes.labels(result="reset" if missed is None else "resumed").inc()
        if missed is None or self._ring is None:
            yield Reset()
            return
        place = self._ring.mark
        for entry, mark in marked(await self._desk.entries(missed, clock.now()), place):
            yield Changed(mark=mark, entry=entry)

    async def run(self, life: Life) -> None:
        """Read the topic from its end until the service stops; the pages are served meanwhile, with or without it."""
        while not life.stopping.is_set():
            try:
                await create_topics(self._kafka)
                async with consuming(self._kafka, group=None, newest=True) as consumer:
                    await self._follow(consumer, life)
            except (KafkaAway, KafkaError, OSError, psycopg.OperationalError, PoolTimeout) as error:
                log.warning("feed_lost", error=type(error).__name__)
                await life.rest(0.5)

    async def _follow(self, consumer: AIOKafkaConsumer, life: Life) -> None:
        partition = TopicPartition(name_of(ALERTS, self._kafka), 0)
        consumer.assign([partition])
        await consumer.seek_to_end(partition)
        await self._start_at(await consumer.position(partition))
        life.set_ready(True)
        measuring = asyncio.ensure_future(self._measure_ingest(consumer, life))
        try:
            while not life.stopping.is_set():
                records = (await consumer.getmany(timeout_ms=250)).get(partition, [])
                life.turned("feed")
                if records:
                    await self._tell_of(records, life)
        finally:
            measuring.cancel()

    async def _start_at(self, offset: int) -> None:
        # A new epoch each time: pages that knew an older one take a snapshot, and nothing is missed between.
        epoch = f"{int(clock.now().timestamp() * 1000):x}"
        self._ring = Ring(epoch=epoch, before=offset - 1)
        self._stands = await self._desk.stands()
        self._put(Reset())
        log.info("feed_started", listeners=len(self._listeners))

    async def _tell_of(self, records: Sequence[ConsumerRecord], life: Life) -> None:
        if self._ring is None:
            return
        if records[0].offset != self._ring.mark.offset + 1:
            log.warning("feed_has_a_gap", expected=self._ring.mark.offset + 1, came=records[0].offset)
            await self._start_at(records[0].offset)
        changes = {change.alert_id: change for change in (decode(one.value, AlertChange) for one in records)}
        for record in records:
            self._ring.add(record.offset, decode(record.value, AlertChange).alert_id)
        for entry, mark in marked(await self._entries(list(changes), life), self._ring.mark):
            alert = entry.alert
            if alert.state is AlertState.RESOLVED:
                self._stands.pop(alert.alert_id, None)
            else:
                self._stands[alert.alert_id] = Stand(alert.version, district_of(entry.home))
            self._put(Changed(mark=mark, entry=entry))
            delay = (clock.now() - changes[alert.alert_id].at).total_seconds()
            metrics.feed_delay.observe(max(0.0, delay))
        metrics.changes.inc(len(records))

    async def _entries(self, ids: Sequence[AlertId], life: Life) -> list[Entry]:
        while not life.stopping.is_set():
            try:
                return await self._desk.entries(ids, clock.now())
            except (psycopg.OperationalError, PoolTimeout) as error:
                log.warning("alerts_not_read", error=type(error).__name__)
                await life.rest(0.5)
        return []

    def _put(self, told: Told) -> None:
        for queue in list(self._listeners):
            if queue.full():
                self._drop(queue)
            else:
                queue.put_nowait(told)

    def _drop(self, queue: asyncio.Queue[Told]) -> None:
        self._listeners.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(Reset())
        metrics.dropped.inc()
        log.warning("slow_page_dropped", longest_queue=LONGEST_QUEUE)

    def _end(self, queue: asyncio.Queue[Told]) -> None:
        self._listeners.discard(queue)
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(End())

    async def tick(self, life: Life) -> None:
        """Tell every page each two seconds that we are alive; end all streams when the service stops."""
        turn = 0
        while not life.stopping.is_set():
            if turn % COMPARED_EVERY_TICKS == 0:
                await self._compare()
            await self._look_wide()
            self._put(self._tick())
            life.turned("tick")
            turn += 1
            await life.rest(TICK_SECONDS)
        for queue in list(self._listeners):
            self._end(queue)

    async def _compare(self) -> None:
        """Look at the database itself: whatever the feed did not tell shows as a wrong sum, and pages start again."""
        try:
            before = dict(self._stands)
            read = await self._desk.stands()
            # What the feed told while we read is newer than what we read.
            self._stands = newest(read, before=before, now=self._stands)
            self._opened = tuple(await self._desk.opened_per_minute())
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("open_alerts_not_read", error=type(error).__name__)

    async def _look_wide(self) -> None:
        """See what homes have in common and who is on duty; pages that show something else ask for it."""
        try:
            self._incidents = mark_of(await self._desk.incidents())
            self._not_protected = await self._desk.not_protected()
            self._on_duty = await self._desk.on_duty()
            self._to_follow_up = await self._desk.to_follow_up()
            self._flooded = await self._desk.flooded()
            self._viewing = await self._desk.viewing()
            self._tried = (await self._desk.calm()).tried
            self._notifier_age = await self._desk.notifier_age()
            self._offers = await self._desk.offers()
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("incidents_not_read", error=type(error).__name__)

    def _tick(self) -> Tick:
        age = None if self._ingest_moved is None else clock.ticks() - self._ingest_moved
        return Tick(
            now=clock.now(),
            ingest_age=age,
            stands=dict(self._stands),
            opened=self._opened,
            incidents=self._incidents,
            not_protected=self._not_protected,
            on_duty=self._on_duty,
            to_follow_up=self._to_follow_up,
            flooded=self._flooded,
            viewing=self._viewing,
            tried=self._tried,
            notifier_age=self._notifier_age,
            offers=self._offers,
        )

    async def _measure_ingest(self, consumer: AIOKafkaConsumer, life: Life) -> None:
        """See whether the topic `readings` grows: the bridge writes to it every 5 s even when all homes are silent."""
        name = name_of(READINGS, self._kafka)
        partitions = [TopicPartition(name, number) for number in range(READINGS.partitions)]
        while not life.stopping.is_set():
            try:
                async with asyncio.timeout(5):
                    offsets = sum((await consumer.end_offsets(partitions)).values())
            except (TimeoutError, KafkaError) as error:
                log.warning("ingest_not_measured", error=type(error).__name__)
            else:
                if offsets != self._ingest_offsets:
                    self._ingest_offsets, self._ingest_moved = offsets, clock.ticks()
            await life.rest(TICK_SECONDS)
