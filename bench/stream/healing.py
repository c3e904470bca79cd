"""How fast the stream heals: a worker is killed, and a press in every partition says when its homes are heard again."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.stream.load import Load
from contracts import Finding, Reading, ReadingBatch, SensorId, decode, encode
from contracts.ids import reading_id
from contracts.topics import FINDINGS, PARTITIONS, READINGS
from contracts.values import HelpButton
from deploy.embedded.stack import Running, Stack
from runtime import clock
from runtime.kafka import consuming, name_of, producing
from runtime.settings import Kafka

_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Healed:
    """Seconds from a kill (or a stop) until every partition's press was told."""

    homes: int
    session_seconds: float
    #: The only worker is killed, and started again at once.
    restarted_seconds: float
    #: One of two is killed, and the other takes over; as often as it was tried.
    taken_over_seconds: tuple[float, ...]
    #: A worker is asked to stop.
    stopped_seconds: float


async def healing(stack: Stack, kafka: Kafka, *, homes: int, kills: int, say: Callable[[str], None]) -> Healed:
    """Kill the only worker; then, again and again, one of two; then ask the last to stop."""
    source = Load(homes)
    async with producing(kafka) as producer, consuming(kafka, FINDINGS, group=None) as ear:
        crier = _Crier(kafka, source, producer, ear)
        say("a worker that is killed and started again")
        old = _start(stack)
        await crier.told(old)
        restarted = await _timed(crier, old, partial(_start, stack))
        old, taken_over = restarted.left, list[float]()
        for kill in range(kills):
            say(f"a worker that another takes over from, {kill + 1} of {kills}")
            other = _start(stack)
            other.wait_ready(60)
            await crier.told(other)
            took = await _timed(crier, old, partial(_same, other))
            taken_over.append(took.seconds)
            old = took.left
        began = time.monotonic()
        old.stop(15)
        return Healed(
            homes=homes,
            session_seconds=kafka.session_timeout_seconds,
            restarted_seconds=restarted.seconds,
            taken_over_seconds=tuple(taken_over),
            stopped_seconds=time.monotonic() - began,
        )


@dataclass(frozen=True, kw_only=True)
class _Took:
    left: Running
    seconds: float


async def _timed(crier: "_Crier", killed: Running, heir: Callable[[], Running]) -> _Took:
    began = time.monotonic()
    killed.kill()
    left = heir()
    await crier.told(left)
    return _Took(left=left, seconds=time.monotonic() - began)


def _same(running: Running) -> Running:
    return running


def _start(stack: Stack) -> Running:
    return stack.service("detectors", {"DOLBOM_DETECTORS_CHECKPOINT_SECONDS": "5"})


class _Crier:
    """Presses a button in one home of each partition, and hears when all were told."""

    def __init__(self, kafka: Kafka, source: Load, producer: AIOKafkaProducer, ear: AIOKafkaConsumer) -> None:
        self._kafka, self._producer, self._ear = kafka, producer, ear
        self._homes = [source.one_of(partition) for partition in range(PARTITIONS)]
        self._round = 0

    async def told(self, running: Running) -> None:
        """Press everywhere once, and wait until every press was told."""
        self._round += 1
        sensor = SensorId(f"button-{self._round}")
        for partition, home in enumerate(self._homes):
            at: datetime = clock.now().astimezone(UTC)
            press = Reading(
                reading_id=reading_id(home, sensor, kind="bench", mark=str(self._round)),
                home_id=home,
                sensor_id=sensor,
                observed_at=at,
                received_at=at,
                value=HelpButton(),
            )
            record = encode(ReadingBatch(batched_at=at, readings=(press,)))
            await self._producer.send_and_wait(name_of(READINGS, self._kafka), record, partition=partition)
        waiting, until = set(self._homes), time.monotonic() + _PATIENCE_SECONDS
        while waiting and time.monotonic() < until:
            for records in (await self._ear.getmany(timeout_ms=50)).values():
                for record in records:
                    finding = decode(record.value, Finding)
                    if finding.evidence.sensor_id == sensor:
                        waiting.discard(finding.home_id)
        if waiting:
            raise TimeoutError(f"{len(waiting)} presses were not told\n{running.log_tail()}")
