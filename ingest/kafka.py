"""Publish: whatever waits for a partition becomes one record; one record per partition is under way at a time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts import EMERGENCY_KINDS, HomeId, Reading, Refusal, RefusalReason, WatchedHome, encode, kind_of, shard_of
from contracts.topics import PARTITIONS, READINGS, REFUSED
from ingest import metrics
from ingest.intake import Intake
from ingest.lanes import MOST_READINGS, Lane, Pace, record
from ingest.ticket import Ticket, nobody
from runtime import clock
from runtime.kafka import name_of
from runtime.settings import Kafka

log = structlog.get_logger()

#: A broker that stops after so many unacknowledged messages (iotcore: 100) must not be made to wait for company.
FLUSH_AT: Final = 100
#: What a backlog may send is looked at so often: at its pace, each record has company.
_BACKLOG_SECONDS: Final = 0.05
_FASTEST: Final = 1e9


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
        progressed: Callable[[], None] = nobody,
        listened: bool = True,
        backlog_per_second: float = _FASTEST,
    ) -> None:
        self._producer = producer
        self._readings, self._refused = name_of(READINGS, settings), name_of(REFUSED, settings)
        self._linger = linger_seconds
        self._progressed = progressed
        self._lanes = [Lane(partition=each, pace=Pace(per_second=backlog_per_second)) for each in range(PARTITIONS)]
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._backlog_timer: asyncio.TimerHandle | None = None
        self._waiting = 0
        self._noted: dict[RefusalReason, float] = {}
        self._loop = asyncio.get_running_loop()
        #: The partitions of which we hear every gateway: only of them can we say that nothing was said.
        self.heard: frozenset[int] = frozenset(range(PARTITIONS) if listened else ())
        #: Set by the first failed send.
        self.failed = asyncio.Event()
        #: What ended a send that nobody foresaw: a fault of ours, which ends the process.
        self._broken: BaseException | None = None

    def put(self, intake: Intake, *, backlog: bool = False) -> Ticket:
        """Take one message's readings and refusals; the ticket tells when Kafka has all of them."""
        parts = len(intake.readings) + len(intake.refusals)
        ticket = Ticket(
            left=parts, weight=parts or 1, heard_at=clock.ticks(), home_id=intake.home_id, mark=intake.mark
        )  # fmt: skip
        for refusal in intake.refusals:
            self._note(refusal, intake.home_id)
            self._start(self._send_refusal(refusal, ticket))
        if intake.readings:
            self._enqueue(intake.readings, ticket, backlog=backlog)
        return ticket

    def tell(self, homes: Iterable[WatchedHome]) -> None:
        """Say what is watched, each home on its own partition, before any later reading of it."""
        for home in homes:
            self._lane_of(home.home_id).homes.append((home, len(encode(home))))
        self._flush_later()

    def tick(self) -> None:
        """Give every partition whose homes we hear a sign of life, unless a record is about to be one."""
        for partition in self.heard:
            self._lanes[partition].tick = True
            self._flush(self._lanes[partition])

    def forget(self, partition: int) -> None:
        """Drop what the broker will send again to another connection: ours, or another bridge's."""
        self._lanes[partition].forget()

    def hurry(self) -> None:
        """Send what waits for company."""
        self._flush_all()

    @property
    def backlog(self) -> int:
        """Tell how many late readings wait for their pace."""
        return sum(len(lane.backlog) for lane in self._lanes)

    async def settled(self) -> None:
        """Wait until nothing waits and nothing is under way, or until the first failure; raise what nobody foresaw.

        A backlog is not waited for: the broker holds it.
        """
        while not self.failed.is_set() and (self._tasks or any(lane.waits() for lane in self._lanes)):
            self._flush_all()
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self._surface()

    async def given_up(self) -> None:
        """Wait until the producer holds nothing of ours any more, so that nothing old overtakes what comes next.

        Raise what ended a send that nobody foresaw.
        """
        for timer in (self._timer, self._backlog_timer):
            if timer:
                timer.cancel()
        self._surface()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=30)
        self._surface()

    def _lane_of(self, home_id: HomeId) -> Lane:
        return self._lanes[shard_of(home_id) % PARTITIONS]

    def _enqueue(self, readings: tuple[Reading, ...], ticket: Ticket, *, backlog: bool) -> None:
        lane = self._lane_of(readings[0].home_id)
        lane.add(readings, ticket, backlog=backlog)
        if backlog:
            self._flush_backlog_later()
            return
        self._waiting += 1
        if len(lane.live) >= MOST_READINGS or not EMERGENCY_KINDS.isdisjoint([kind_of(one.value) for one in readings]):
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

    def _flush_backlog_later(self) -> None:
        if self._backlog_timer is None:
            self._backlog_timer = self._loop.call_later(_BACKLOG_SECONDS, self._flush_backlog)

    def _flush_backlog(self) -> None:
        self._backlog_timer = None
        for lane in self._lanes:
            # A record that is under way will not be followed at once: a backlog comes at its pace.
            if lane.backlog and not lane.busy:
                self._flush(lane)
        if any(lane.backlog for lane in self._lanes) and not self.failed.is_set():
            self._flush_backlog_later()

    def _flush(self, lane: Lane) -> None:
        if self.failed.is_set() or not lane.due(clock.ticks()):
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
        cut = lane.cut(clock.ticks())
        batch = record(cut, now=clock.now(), listened=lane.partition in self.heard)
        key = str(lane.partition).encode()
        if not await self._sent(self._readings, encode(batch), key, lane.partition):
            return
        metrics.batches.inc()
        for kind, count in Counter([kind_of(reading.value) for reading in batch.readings]).items():
            metrics.readings.labels(kind=kind).inc(count)
        lane.busy = False
        self._count([ticket for _, ticket in cut.waited])
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
        now = clock.ticks()
        for ticket in tickets:
            ticket.left -= 1
            if not ticket.left:
                metrics.publish_seconds.observe(now - ticket.heard_at)
                ticket.done()
        self._progressed()
