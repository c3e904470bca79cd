"""Readings in, findings out, by Faust: every finding durable, then the chunk, then the acknowledgement."""

import asyncio
import os
from collections import deque
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from faust.types import TP

from contracts import ReadingBatch, Refusal, RefusalReason, decode
from contracts.codec import Undecodable
from contracts.topics import READINGS
from detectors import metrics
from detectors.checkpoints import encode_chunk, fresh, key_of_chunk, next_chunk, restore, resume_offset
from detectors.collector import uncollected
from detectors.kafka import Outbox, ends_of, read_chunks
from detectors.partition import Partition
from detectors.stalled import Flow
from detectors.stream_adaptations import adapt, app_of, end_of, fetched_at, rewind
from runtime import clock, lifecycle
from runtime.kafka import name_of
from runtime.lifecycle import Life
from runtime.settings import Detectors, Kafka

log = structlog.get_logger()

#: An input that ends before our place for so long was made anew; a new leader's end may lag for a moment.
_SHORT_SECONDS = 3.0
#: A Kafka that answers no fetch for so long is away: we are not doing our work.
_PATIENCE_SECONDS = 10.0
#: How much of a record that nobody can read is kept for an engineer.
_SHOWN_BYTES = 200


@dataclass(kw_only=True)
class Held:
    """A partition that this worker holds: its state, what of it is durable, and what waits for that."""

    partition: Partition
    #: The offset label of each chunk as it was written last.
    labels: list[int]
    #: Where the newest chunk was when it was restored: what comes before is a replay.
    replay_until: int = -1
    turn: int = 0
    pending: deque[Any] = field(default_factory=deque)
    rewound_at: float = float("-inf")
    #: The input has given us a record that nothing of our state has seen.
    found: bool = False
    #: Since when the input has ended before our place.
    short_since: float | None = None


class Stream:
    """One worker's part of the stream."""

    def __init__(self, kafka: Kafka, settings: Detectors, outbox: Outbox, life: Life) -> None:
        self._kafka = kafka
        self._outbox = outbox
        self._life = life
        self._held: dict[int, Held] = {}
        self._flow = Flow()
        self._topic = name_of(READINGS, kafka)
        self._ticked_at = clock.ticks()
        self.app = app_of(kafka, settings)
        adapt(self.app, self._restore)
        topic = self.app.topic(
            self._topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )
        self.app.agent(topic, name="detect")(self._detect)
        self.app.on_partitions_revoked.connect(self._revoked)
        self.app.on_rebalance_complete.connect(self._rebalanced)

    async def _detect(self, stream: Any) -> None:
        with _or_die():
            async for event in stream.noack().events():
                await self._on(event)

    async def _on(self, event: Any) -> None:
        await self._outbox.room()
        self.tick()
        message = event.message
        held = self._held.get(message.partition)
        if held is None:  # taken from us: whoever has it now reads it too
            return
        self._flow.moved(message.partition, clock.ticks())
        expected = held.partition.next_offset
        if message.offset > expected:
            await self._gap(message.partition, held, message.offset)
            return
        # What the newest chunk has seen proves nothing: it may have seen the records of another input.
        held.found = message.offset == expected > held.replay_until
        if message.offset == expected:
            self._judge(held, message)
        held.pending.append(event)

    async def check_places(self) -> None:
        """Begin anew where the input ends before our place: it was made anew, and what we remember is not of it."""
        for number, held in list(self._held.items()):
            place = TP(self._topic, number)
            if held.found or place not in self.app.consumer.assignment():
                continue
            end = end_of(self.app, place)
            if end is None or end >= held.partition.seen_until:
                held.short_since = None
            elif held.short_since is None:
                held.short_since = clock.ticks()
            elif clock.ticks() - held.short_since > _SHORT_SECONDS:
                await self._begin_anew(number, held, place)

    async def stalled(self) -> bool:
        """Tell whether a partition of ours stands still while Kafka has records of it and answers."""
        ours = [number for number in self._held if TP(self._topic, number) in self.app.consumer.assignment()]
        self._flow.keep(ours, clock.ticks())
        if self._outbox.waits:  # we take nothing because Kafka takes nothing from us
            for number in ours:
                self._flow.moved(number, clock.ticks())
        silent = self._flow.silent(clock.ticks())
        if not silent:
            return False
        ends = await ends_of(self._kafka, silent)
        places = {number: held.partition.next_offset for number, held in self._held.items()}
        if stalled := self._flow.stalled(silent, ends, places):
            log.error("stream_stalled", partitions=stalled)
            return True
        for number in silent:  # Kafka is away, or has nothing: it has as long again
            self._flow.moved(number, clock.ticks())
        return False

    async def _begin_anew(self, number: int, held: Held, place: TP) -> None:
        starts = await self.app.consumer.earliest_offsets(place)
        chunks = fresh(lineage=held.partition.chunks[0].lineage + 1)
        partition = Partition(chunks, starts.get(place) or 0)
        # One chunk of the new lineage makes all older ones void, whenever we die; so it goes before anything is read.
        await self._outbox.write_chunk(number, key_of_chunk(0), encode_chunk(chunks[0]))
        if self._held.get(number) is not held:
            return
        log.error("input_began_anew", partition=number, next_offset=partition.next_offset)
        self._held[number] = Held(partition=partition, labels=[chunk.offset for chunk in partition.chunks])
        await rewind(self.app, self._places())

    def _judge(self, held: Held, message: Any) -> None:
        # No await in here: state and place move together.
        try:
            batch = decode(message.value or b"", ReadingBatch)
        except Undecodable as error:
            self._refuse(held, message, error)
            return
        findings = held.partition.apply(batch, message.offset)
        if findings:
            self._outbox.tell(findings)
        metrics.readings.inc(len(batch.readings))
        if message.offset <= held.replay_until:
            metrics.replayed.inc()
        self._life.turned("detect")

    def _refuse(self, held: Held, message: Any, error: Undecodable) -> None:
        held.partition.skip(message.offset)
        metrics.poison.inc()
        log.error("record_refused", partition=message.partition, offset=message.offset)
        self._outbox.refuse(
            Refusal(
                reason=RefusalReason.WRONG_SHAPE,
                detail=str(error)[:_SHOWN_BYTES],
                topic=self._topic,
                received_at=clock.now(),
                payload=(message.value or b"")[:_SHOWN_BYTES],
                payload_bytes=len(message.value or b""),
            )
        )

    async def _gap(self, number: int, held: Held, offset: int) -> None:
        if clock.ticks() - held.rewound_at < 0.5:  # the records of the first rewind are still on their way
            return
        held.rewound_at = clock.ticks()
        metrics.gaps.inc()
        expected, place = held.partition.next_offset, TP(self._topic, number)
        starts = await self.app.consumer.earliest_offsets(place)
        if gone := held.partition.pass_over(starts.get(place) or 0):
            # Nobody can bring them back: a rewind to them would be answered with the same record for ever.
            metrics.expired.inc(gone)
            log.error("records_expired", partition=number, expected=expected, got=held.partition.next_offset)
        log.warning("records_skipped", partition=number, expected=expected, got=offset)
        await rewind(self.app, self._places())

    def _places(self) -> dict[TP, int]:
        return {TP(self._topic, number): held.partition.next_offset for number, held in self._held.items()}

    async def _restore(self, assigned: Set[TP]) -> Mapping[TP, int]:
        """Build the state of what was assigned from its chunks; answer where each partition goes on."""
        places = [place for place in assigned if place.topic == self._topic]
        self._held.clear()
        starts = await self.app.consumer.earliest_offsets(*places) if places else {}
        written = await read_chunks(self._kafka, [place.partition for place in places])
        for place in places:
            with uncollected():
                chunks = restore(written[place.partition])
            labels = [chunk.offset for chunk in chunks]
            next_offset = resume_offset(labels, log_start=starts.get(place) or 0)
            self._held[place.partition] = Held(
                partition=Partition(chunks, next_offset), labels=labels, replay_until=max(labels)
            )
            # What it was silent for before, it was silent for in other hands, or without anything to take.
            self._flow.moved(place.partition, clock.ticks())
            log.info("partition_restored", partition=place.partition, next_offset=next_offset, newest=max(labels))
        metrics.partitions.set(len(self._held))
        self._life.set_ready(True)
        return self._places()

    async def _revoked(self, *_: Any, **__: Any) -> None:
        await self.save_all(within=2.0)
        self._held.clear()
        metrics.partitions.set(0)
        log.info("partitions_revoked")

    async def _rebalanced(self, *_: Any, **__: Any) -> None:
        if not self.app.consumer.assignment():  # more workers than partitions: we stand by
            self._life.set_ready(True)

    def measure(self) -> None:
        """Say how far behind we are; it grows as well when nothing arrives at all, which is our own fault."""
        heard = [at for held in self._held.values() if (at := held.partition.heard_at)]
        if heard:
            metrics.lag.set((clock.now() - min(heard)).total_seconds())
        fetched = fetched_at(self.app)
        if self._held and fetched:
            taken = clock.now().timestamp() - fetched < _PATIENCE_SECONDS
            self._life.set_ready(taken, "" if taken else "kafka does not answer")
        metrics.homes.set(sum(held.partition.homes for held in self._held.values()))

    async def save_all(self, *, within: float) -> None:
        """Write every chunk that has moved; without time for it, the next worker replays a little more."""
        try:
            async with asyncio.timeout(within):
                for number, held in list(self._held.items()):
                    for _ in held.labels:
                        await self._roll(number, held)
                if self._held:
                    await self.app.consumer.commit()
        except TimeoutError:
            log.warning("last_checkpoint_cut_short")

    async def roll_next(self) -> None:
        """Write the next chunk of each partition."""
        for number, held in list(self._held.items()):
            await self._roll(number, held)

    async def _roll(self, number: int, held: Held) -> None:
        index = held.turn
        held.turn = next_chunk(index)
        chunk = held.partition.chunks[index]
        label = chunk.offset
        if label == held.labels[index]:
            return
        payload = encode_chunk(chunk)
        await self._outbox.durable()
        self.tick()
        if self._held.get(number) is not held:
            return
        await self._outbox.write_chunk(number, key_of_chunk(index), payload)
        held.labels[index] = label
        safe = min(held.labels)
        while held.pending and held.pending[0].message.offset <= safe:
            held.pending.popleft().ack()

    def tick(self) -> None:
        """Notice that this process was stopped for longer than its session: somebody else has its partitions."""
        now = clock.ticks()
        if now - self._ticked_at > self._kafka.session_timeout_seconds:
            log.error("paused_too_long", seconds=now - self._ticked_at)
            os._exit(lifecycle.CUT_SHORT)
        self._ticked_at = now


@contextmanager
def _or_die() -> Iterator[None]:
    """End the process when the block breaks: Faust would go on with the next record and commit past this one."""
    whole = False
    try:
        yield
        whole = True
    except (asyncio.CancelledError, GeneratorExit):
        whole = True
        raise
    finally:
        if not whole:
            log.exception("detector_broke")
            os._exit(lifecycle.BROKEN)
