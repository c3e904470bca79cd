"""How long a press waits in the stream: from the record to the finding, at shares of what one worker can take."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.machine import percentile
from bench.stream.lived import reading_of
from bench.stream.load import Load
from contracts import Finding, HomeId, ReadingBatch, SensorId, decode, encode
from contracts.topics import FINDINGS, PARTITIONS, READINGS
from contracts.values import HelpButton
from deploy.embedded.stack import Running, Stack
from runtime.kafka import consuming, create_topics, name_of, producing
from runtime.settings import Kafka

SHARES: Final = (0.1, 0.5, 0.9)
#: The bridge lets a reading wait for company for so long at most, and for so many.
_FLUSH_SECONDS: Final = 0.02
_FULL: Final = 500
_PRESSES_PER_SECOND: Final = 20
_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Milliseconds from sending a press to reading its finding, beside so many other readings a second."""

    share: float
    per_second: float
    presses: int
    missing: int
    p50: float
    p99: float


async def latencies(
    stack: Stack, kafka: Kafka, *, saturation: float, homes: int, seconds: float, say: Callable[[str], None]
) -> list[Latency]:
    """Offer each share of the saturation for some seconds, pressing buttons among it."""
    source = Load(homes)
    await create_topics(kafka, (READINGS, FINDINGS))
    async with producing(kafka) as producer, consuming(kafka, FINDINGS, group=None) as ear:
        for partition, batch in source.registrations():
            await producer.send_and_wait(name_of(READINGS, kafka), encode(batch), partition=partition)
        running = stack.service("detectors", {"DOLBOM_DETECTORS_CHECKPOINT_SECONDS": "5"})
        running.wait_ready(60)
        done: list[Latency] = []
        try:
            for share in SHARES:
                say(f"latency at {100 * share:.0f} % of {saturation:,.0f} readings a second")
                level = _Level(kafka, producer, ear, running, source, share * saturation)
                done.append(await level.run(share, seconds))
        finally:
            running.stop(10)
    return done


@dataclass(frozen=True)
class _Level:
    kafka: Kafka
    producer: AIOKafkaProducer
    ear: AIOKafkaConsumer
    running: Running
    source: Load
    per_second: float

    async def run(self, share: float, seconds: float) -> Latency:
        """Send at an even pace, and hear each press."""
        together = max(1, min(_FULL, round(self.per_second / PARTITIONS * _FLUSH_SECONDS)))
        batches = list(self.source.batches(round(self.per_second * seconds), together=together))
        records = [(partition, encode(batch), batch.batched_at) for partition, batch in batches]
        readings = sum(len(batch.readings) for _, batch in batches)
        # What so many seconds hold is known only roughly beforehand: the pace is promised, not the length.
        seconds = readings / self.per_second
        del batches
        sent: dict[str, float] = {}
        presses = round(seconds * _PRESSES_PER_SECOND)
        hearing = asyncio.create_task(self._hear(sent, presses))
        began = time.monotonic()
        await self._send(records, seconds, sent, most=presses)
        offered = readings / (time.monotonic() - began)
        took = await hearing
        return Latency(
            share=share,
            per_second=offered,
            presses=len(sent),
            missing=len(sent) - len(took),
            p50=percentile(took, 0.5),
            p99=percentile(took, 0.99),
        )

    async def _send(
        self, records: Sequence[tuple[int, bytes, datetime]], seconds: float, sent: dict[str, float], *, most: int
    ) -> None:
        topic, began, pressed = name_of(READINGS, self.kafka), time.monotonic(), 0
        for turn, (partition, record, at) in enumerate(records):
            due = began + seconds * turn / len(records)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self.producer.send(topic, record, partition=partition)
            if most > pressed <= (time.monotonic() - began) * _PRESSES_PER_SECOND:
                sensor = SensorId(f"button-{self.per_second:.0f}-{pressed}")
                home = self.source.one_of(pressed % PARTITIONS)
                sent[sensor] = time.monotonic()
                await self.producer.send(topic, _press(home, sensor, at), partition=pressed % PARTITIONS)
                pressed += 1

    async def _hear(self, sent: dict[str, float], most: int) -> list[float]:
        took: dict[str, float] = {}
        quiet = time.monotonic()
        while len(took) < most and time.monotonic() - quiet < _PATIENCE_SECONDS / 4:
            for records in (await self.ear.getmany(timeout_ms=20)).values():
                heard_at = time.monotonic()
                for record in records:
                    sensor = decode(record.value, Finding).evidence.sensor_id
                    if sensor in sent and sensor not in took:
                        took[sensor] = 1e3 * (heard_at - sent[sensor])
                        quiet = heard_at
        return list(took.values())


def _press(home: HomeId, sensor: SensorId, at: datetime) -> bytes:
    press = reading_of(home, (at, sensor, HelpButton()))
    return encode(ReadingBatch(batched_at=press.received_at, readings=(press,)))
