"""The load: findings told on Kafka as detectors tell them, evenly, each the first of a case of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from itertools import islice, product
from typing import Final

from aiokafka import AIOKafkaProducer

from bench.alerts.provider import Case
from contracts import Evidence, Finding, Hazard, HomeId, Phase, SensorId, Sentence, Severity, encode, partition_of
from contracts.ids import finding_id
from contracts.topics import FINDINGS, PARTITIONS
from contracts.values import Motion
from runtime import clock
from runtime.kafka import name_of
from runtime.settings import Kafka, Settings
from simulator.dialects import Message, native
from simulator.household import Sighting
from simulator.mqtt import Line

#: Nothing is asked before people are called for these.
HAZARDS: Final = {Hazard.HELP: "help_button", Hazard.FIRE: "smoke", Hazard.GAS: "gas"}
_TICK_SECONDS: Final = 0.02


def cases_of(homes: Sequence[HomeId], many: int) -> list[Case]:
    """Choose so many cases: every home with one hazard, then every home with the next."""
    return [(home, hazard) for hazard, home in islice(product(HAZARDS, homes), many)]


async def tell(
    producer: AIOKafkaProducer, settings: Kafka, cases: Sequence[Case], *, per_second: float
) -> dict[Case, float]:
    """Tell the cases evenly; answer when each was told."""
    told: dict[Case, float] = {}
    began = clock.ticks()
    waiting: list[Awaitable[object]] = []
    while len(told) < len(cases):
        due = min(len(cases), int((clock.ticks() - began) * per_second) + 1)
        for case in cases[len(told) : due]:
            told[case] = clock.ticks()
            waiting.append(await _send(producer, settings, case))
        await asyncio.sleep(_TICK_SECONDS)
    await asyncio.gather(*waiting)
    return told


async def _send(producer: AIOKafkaProducer, settings: Kafka, case: Case) -> Awaitable[object]:
    home, hazard = case
    now, kind = clock.now(), HAZARDS[hazard]
    finding = Finding(
        finding_id=finding_id(home, kind, now),
        home_id=home,
        kind=kind,
        hazard=hazard,
        severity=Severity.EMERGENCY,
        phase=Phase.BEGAN,
        since=now,
        told_at=now,
        evidence=Evidence(rule=f"{kind}/1", sentence=Sentence(ko="도움 요청", en="Help is asked for")),
    )
    place = partition_of(home, partitions=PARTITIONS)
    acknowledged: Awaitable[object] = await producer.send(
        name_of(FINDINGS, settings), encode(finding), key=home.encode(), partition=place
    )
    return acknowledged


@asynccontextmanager
async def a_talking_street(settings: Settings, homes: Sequence[HomeId], *, per_second: int) -> AsyncIterator[None]:
    """Let somebody move in other homes meanwhile, one reading in each message."""
    line = Line(settings.mqtt, client_id="bench-alerts-street")
    line.open()
    await asyncio.wait_for(line.connected.wait(), 10)
    talking = asyncio.create_task(_talk(line, homes, per_second))
    try:
        yield
    finally:
        talking.cancel()
        await line.close()


async def _talk(line: Line, homes: Sequence[HomeId], per_second: int) -> None:
    began = clock.ticks()
    said = 0
    while True:
        due = int((clock.ticks() - began) * per_second)
        for number in range(said, due):
            line.say(_moved(homes[number % len(homes)], number // len(homes) + 1))
        said = max(said, due)
        await asyncio.sleep(_TICK_SECONDS)


def _moved(home: HomeId, seq: int) -> Message:
    seen = Sighting(sensor_id=SensorId("motion-living"), at=clock.now(), value=Motion(active=seq % 2 == 0))
    return native(home, [seen], session=1, seq=seq)
