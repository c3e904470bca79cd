"""Each size of a city in turn, on a stand of its own: what it bears, how fast it is, what it costs, what it loses."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bench.alerts.provider import a_provider
from bench.load.flow import a_flow
from bench.load.furnish import furnish
from bench.load.journey import Journey, Stored, hearing
from bench.load.levels import Level, Say, Search, level, search
from bench.load.processes import folder_bytes
from bench.load.samples import value_of
from bench.load.stand import Stand, a_stand
from contracts.topics import CHECKPOINTS, FINDINGS, MESSAGES, READINGS
from runtime import clock

log = structlog.get_logger()

#: More than it bears, by so much and for so many shares of a level.
OVERLOAD: Final = 1.5
_OVERLOADED_FOR: Final = 0.67
#: Every home must be known to the detectors before anything is measured.
_KNOWN_WITHIN_SECONDS: Final = 240.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is measured."""

    homes: Sequence[int]
    #: Percent of what it bears.
    shares: Sequence[int]
    seconds: float
    presses_per_second: float
    #: The first step of the search in the first city.
    begin_per_second: float = 2_000.0
    #: No search goes further: the generator itself would be what gives way.
    most_per_second: float = 60_000.0
    step_seconds: float = 6.0


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was said, and what of it is there at the end."""

    said: int
    refused: int
    #: Rows of readings in the database: each reading is one, however often it came.
    stored: int
    presses: int
    found: int
    pushed: int
    doubled: int
    #: Anything else that was found, by kind: nothing else was played.
    others: dict[str, int]

    @property
    def lost(self) -> int:
        """Count what is nowhere."""
        return abs(self.said - self.stored) + self.presses - min(self.found, self.pushed)


@dataclass(frozen=True, kw_only=True)
class City:
    """One size, measured."""

    homes: int
    brokers: str
    #: Until all services were ready and knew all homes.
    ready_seconds: float
    search: Search
    levels: tuple[Level, ...]
    overload: Level
    counted: Counted
    #: At rest, before anything was said.
    resting_megabytes: dict[str, float]
    kafka_bytes: dict[str, int] | None
    stored: Stored
    #: The database before the first reading: what the homes themselves take.
    furnished_bytes: int
    wal_bytes: int


def measure(plan: Plan, *, say: Say) -> list[City]:
    """Measure every size, each on fresh brokers and from the same first step, so that sizes can be compared."""
    cities: list[City] = []
    for homes in plan.homes:
        with a_stand() as stand:

            def told(text: str, homes: int = homes) -> None:
                say(f"{homes:,} homes: {text}")

            cities.append(asyncio.run(_city(stand, plan, homes, told)))
    return cities


async def _city(stand: Stand, plan: Plan, homes: int, say: Say) -> City:
    async with a_provider() as calls:
        say("the homes are written")
        await furnish(stand.settings, homes, webhook=calls.url)
        began = clock.ticks()
        running = await stand.serve(say)
        async with a_flow(stand.settings.mqtt.port, homes) as flow:
            journey = Journey(stand=stand, running=running, flow=flow, calls=calls, homes=homes, own_pid=os.getpid())
            async with hearing(journey):
                await _known(journey, say)
                return await _loaded(journey, plan, clock.ticks() - began, say)


async def _known(journey: Journey, say: Say) -> None:
    until = clock.ticks() + _KNOWN_WITHIN_SECONDS
    known = 0
    while known < journey.homes and clock.ticks() < until:
        say(f"the detectors know {known:,}")
        await asyncio.sleep(0.5)
        told = await asyncio.to_thread(journey.running["detectors"].metrics)
        known = int(value_of(told, "dolbom_detectors_homes"))


async def _loaded(journey: Journey, plan: Plan, ready_seconds: float, say: Say) -> City:
    resting = {name: used.megabytes for name, used in journey.processes().items()}
    furnished = await journey.stored_bytes()
    found = await search(
        journey, begin=plan.begin_per_second, most=plan.most_per_second, seconds=plan.step_seconds, say=say
    )
    presses = plan.presses_per_second
    levels = [
        await level(
            journey, f"{share} %", share / 100 * found.per_second, seconds=plan.seconds, presses=presses, say=say
        )
        for share in plan.shares
    ]
    seconds = plan.seconds * _OVERLOADED_FOR
    over = await level(journey, "overload", OVERLOAD * found.per_second, seconds=seconds, presses=presses, say=say)
    stored = await journey.stored_bytes()
    return City(
        homes=journey.homes,
        brokers=journey.stand.brokers,
        ready_seconds=ready_seconds,
        search=found,
        levels=tuple(levels),
        overload=over,
        counted=await _counted(journey),
        resting_megabytes=resting,
        kafka_bytes=_kafka_bytes(journey.stand),
        stored=stored,
        furnished_bytes=furnished.database,
        wal_bytes=stored.wal - furnished.wal,
    )


async def _counted(journey: Journey) -> Counted:
    stored, _ = await journey.rows()
    presses = journey.flow.presses
    return Counted(
        said=journey.flow.said.said,
        refused=journey.flow.said.refused,
        stored=stored,
        presses=len(presses),
        found=sum(home in journey.found for home in presses),
        pushed=sum(journey.pushed_at(home) is not None for home in presses),
        doubled=journey.calls.doubled,
        others=dict(journey.others),
    )


def _kafka_bytes(stand: Stand) -> dict[str, int] | None:
    """Add up what Kafka holds of each topic, where it holds it on the disk."""
    if stand.kafka_log is None:
        return None
    return {
        topic.name: folder_bytes(stand.kafka_log, topic.name) for topic in (READINGS, MESSAGES, FINDINGS, CHECKPOINTS)
    }
