"""How fast the bridge is: a burst of readings from many homes, until Kafka has the last of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer

from bench.prove import import_street, stack_for_once
from bench.samples import street_of
from contracts import HomeId, ReadingBatch, SensorId, decode
from contracts.topics import READINGS
from contracts.values import Motion
from deploy.embedded.stack import Stack
from runtime import clock
from runtime.kafka import consuming
from runtime.settings import Settings, load
from simulator.dialects import native
from simulator.household import Sighting
from simulator.mqtt import Line

#: A burst that has not come so long after its beginning is lost.
PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Burst:
    """What came through."""

    sent: int
    arrived: int
    #: From the first publication until Kafka had the last reading.
    seconds: float
    records: int


def burst(*, readings: int = 10_000, homes: int = 50) -> Burst:
    """Send a burst through the bridge, one reading in each message."""
    with stack_for_once() as stack:
        return asyncio.run(_burst(stack, readings, homes))


async def _burst(stack: Stack, readings: int, homes: int) -> Burst:
    settings = load(stack.environ)
    street = street_of(homes, webhook="")
    await import_street(settings, street)
    await asyncio.to_thread(stack.service("ingest").wait_ready, 60.0)
    async with consuming(settings.kafka, READINGS, group=None) as consumer:
        began = clock.ticks()
        said = asyncio.create_task(_say(settings, [home.home_id for home in street.homes], readings))
        arrived, records = await _heard(consumer, readings, began)
        took = clock.ticks() - began
        await said
    return Burst(sent=readings, arrived=arrived, seconds=took, records=records)


async def _say(settings: Settings, homes: Sequence[HomeId], readings: int) -> None:
    lines = [Line(settings.mqtt, client_id=f"burst-{number}") for number in range(4)]
    for line in lines:
        line.open()
        await asyncio.wait_for(line.connected.wait(), 10)
    for number in range(readings):
        home = homes[number % len(homes)]
        seen = Sighting(sensor_id=SensorId("motion-living"), at=clock.now(), value=Motion(active=number % 2 == 0))
        # A home keeps its line, so that its readings stay in order.
        lines[number % len(homes) % len(lines)].say(native(home, [seen], session=1, seq=number // len(homes) + 1))
        if number % 100 == 0:
            await asyncio.sleep(0)
    for line in lines:
        await line.flushed()
        await line.close()


async def _heard(consumer: AIOKafkaConsumer, readings: int, began: float) -> tuple[int, int]:
    arrived = records = 0
    while arrived < readings and clock.ticks() - began < PATIENCE_SECONDS:
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            held = [len(decode(record.value, ReadingBatch).readings) for record in batch]
            arrived += sum(held)
            records += sum(count > 0 for count in held)
    return arrived, records
