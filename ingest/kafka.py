"""Publish: whatever waits for a partition becomes one record; one record per partition is under way at a time."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts import (
    EMERGENCY_KINDS,
    HomeId,
    Reading,
    ReadingBatch,
    Refusal,
    RefusalReason,
    WatchedHome,
    encode,
    kind_of,
    partition_of,
)
from contracts.topics import PARTITIONS, READINGS, REFUSED
from ingest import metrics
from ingest.intake import Intake
from ingest.ticket import Ticket
from runtime import clock
from runtime.kafka import name_of
from runtime.settings import Kafka

log = structlog.get_logger()

#: A record holds so many readings at most. Names are bounded, so it stays well below Kafka's 1 MiB.
MOST_READINGS: Final = 500
#: What is watched of so many bytes goes into one record.
MOST_HOME_BYTES: Final = 256 * 1024
#: A broker that stops after so many unacknowledged messages (iotcore: 100) must not be made to wait for company.
FLUSH_AT: Final = 100


@dataclass(kw_only=True, slots=True)
class Lane:
    """What waits for one partition."""

    partition: int
    readings: deque[tuple[Reading, Ticket]] = field(default_factory=deque)
    homes: deque[tuple[WatchedHome, int]] = field(default_factory=deque)
    #: A record of this partition is under way: the next one waits, so that a failure cannot change the order.
    busy: bool = False
    #: The record may be empty: a sign of life.
    tick: bool = False
    #: What waits was due while the lane was busy: it goes as soon as the way is free.
    overdue: bool = False

    def waits(self) -> bool:
        """Tell whether there is something to send."""
        return bool(self.readings or self.homes or self.tick)


class SendBroke(Exception):
    """A send ended as none should; the process must end, and what was not acknowledged comes again."""


class Publisher:
    """Writes to Kafka through one producer, until the first failure; then it is thrown away with what it holds."""

    def __init__(
        self,
        producer: AIOKafkaProducer,
        settings: Kafka,
        *,
        linger_seconds: float,
        progressed: Callable[[], None],
        partitions: Collection[int] = range(PARTITIONS),
    ) -> None:
        self._producer = producer
        self._readings, self._refused = name_of(READINGS, settings), name_of(REFUSED, settings)
        self._linger = linger_seconds
        #: Those whose homes we hear: only of them can we say that nothing was said.
        self._partitions = partitions
        self._progressed = progressed
        self._lanes = [Lane(partition=partition) for partition in range(PARTITIONS)]
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._waiting = 0
        self._noted: dict[RefusalReason, float] = {}
        self._loop = asyncio.get_running_loop()
        #: Set by the first failed send.
        self.failed = asyncio.Event()
        #: What ended a send that nobody foresaw: a fault of ours, which ends the process.
        self._broken: BaseException | None = None

    def put(self, intake: Intake) -> Ticket:
        """Take one message's readings and refusals; the ticket tells when Kafka has all of them."""
        parts = len(intake.readings) + len(intake.refusals)
        ticket = Ticket(left=parts, heard_at=clock.ticks(), home_id=intake.home_id, mark=intake.mark)
        for refusal in intake.refusals:
            self._note(refusal, intake.home_id)
            self._start(self._send_refusal(refusal, ticket))
        if intake.readings:
            self._enqueue(intake.readings, ticket)
        return ticket

    def tell(self, homes: Iterable[WatchedHome]) -> None:
        """Say what is watched, each home on its own partition, before any later reading of it."""
        for home in homes:
            lane = self._lanes[partition_of(home.home_id, partitions=PARTITIONS)]
            if lane.partition in self._partitions:
                lane.homes.append((home, len(encode(home))))
        self._flush_later()

    def tick(self) -> None:
        """Give every partition whose homes we hear a sign of life, unless a record is about to be one."""
        for partition in self._partitions:
            self._lanes[partition].tick = True
            self._flush(self._lanes[partition])

    async def settled(self) -> None:
        """Wait until nothing waits and nothing is under way, or until the first failure; raise what nobody foresaw."""
        while not self.failed.is_set() and (self._tasks or any(lane.waits() for lane in self._lanes)):
            self._flush_all()
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self._surface()

    async def given_up(self) -> None:
        """Wait until the producer holds nothing of ours any more, so that nothing old overtakes what comes next.

        Raise what ended a send that nobody foresaw.
        """
        if self._timer:
            self._timer.cancel()
        self._surface()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=30)
        self._surface()

    def _enqueue(self, readings: tuple[Reading, ...], ticket: Ticket) -> None:
        lane = self._lanes[partition_of(readings[0].home_id, partitions=PARTITIONS)]
        for reading in readings:
            lane.readings.append((reading, ticket))
        kinds = [kind_of(reading.value) for reading in readings]
        for kind in kinds:
            metrics.readings.labels(kind=kind).inc()
        self._waiting += 1
        if not EMERGENCY_KINDS.isdisjoint(kinds) or len(lane.readings) >= MOST_READINGS:
            self._flush(lane)
        if self._waiting >= FLUSH_AT:
            self._flush_all()
        else:
            self._flush_later()

    def _flush_later(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(self._linger, self._flush_all)

    def _flush_all(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer, self._waiting = None, 0
        for lane in self._lanes:
            self._flush(lane)

    def _flush(self, lane: Lane) -> None:
        if not lane.waits() or self.failed.is_set():
            return
        if lane.busy:
            lane.overdue = True
            return
        lane.busy = True
        self._start(self._send_batch(lane))

    def _start(self, sending: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(sending)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            # The lane stays busy for ever: whoever waits for this publisher must hear of it.
            self._broken = self._broken or fault
            self.failed.set()

    def _surface(self) -> None:
        if self._broken:
            raise SendBroke("a record could not be sent, for a reason that is no fault of Kafka") from self._broken

    async def _send_batch(self, lane: Lane) -> None:
        batch, tickets = cut(lane)
        key = str(lane.partition).encode()
        if not await self._sent(self._readings, encode(batch), key, lane.partition):
            return
        metrics.batches.inc()
        lane.busy = False
        self._count(tickets)
        if lane.overdue:
            self._flush(lane)

    async def _send_refusal(self, refusal: Refusal, ticket: Ticket) -> None:
        key = (refusal.home_id or "").encode()
        if await self._sent(self._refused, encode(refusal), key, 0):
            self._count([ticket])

    def _note(self, refusal: Refusal, home_id: HomeId | None) -> None:
        metrics.refusals.labels(reason=refusal.reason).inc()
        # A babbling gateway must not drown the log: one line a second for each reason, the metric counts all.
        if clock.ticks() - self._noted.get(refusal.reason, -1.0) >= 1.0:
            self._noted[refusal.reason] = clock.ticks()
            log.warning(
                "draft_refused",
                reason=refusal.reason,
                detail=refusal.detail,
                kept=refusal.kept,
                # An id only when it is one of ours: what stands in a wrong topic may be anything.
                home_id=home_id,
            )

    async def _sent(self, topic: str, value: bytes, key: bytes, partition: int) -> bool:
        try:
            await self._producer.send_and_wait(topic, value, key=key, partition=partition)
        except (KafkaError, OSError) as error:
            if not self.failed.is_set():
                metrics.kafka_troubles.inc()
                log.warning("kafka_send_failed", error=type(error).__name__)
            self.failed.set()
            return False
        return True

    def _count(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            ticket.left -= 1
            if not ticket.left:
                metrics.publish_seconds.observe(clock.ticks() - ticket.heard_at)
        self._progressed()


def cut(lane: Lane) -> tuple[ReadingBatch, list[Ticket]]:
    """Take the next record's worth from a lane: what is watched first, then readings in arrival order."""
    homes: list[WatchedHome] = []
    size = 0
    while lane.homes and size < MOST_HOME_BYTES:
        home, home_bytes = lane.homes.popleft()
        homes.append(home)
        size += home_bytes
    taken = [] if lane.homes else [lane.readings.popleft() for _ in range(min(len(lane.readings), MOST_READINGS))]
    lane.tick = False
    lane.overdue = lane.waits()
    batch = ReadingBatch(batched_at=clock.now(), homes=tuple(homes), readings=tuple(reading for reading, _ in taken))
    return batch, [ticket for _, ticket in taken]
