"""Workers die at any moment while people press; a pure run over the same records says what must have been told."""

import asyncio
import random
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from contracts import Finding, FindingId, Reading, ReadingBatch, partition_of
from contracts.topics import PARTITIONS
from contracts.values import HelpButton, Motion, Smoke
from detectors.checkpoints import fresh
from detectors.partition import Partition
from runtime.kafka import producing
from runtime.settings import Kafka
from tests.detectors.values import a_batch, a_heartbeat, a_home, a_reading, a_sensor
from tests.detectors.workers import Ear, Worker, publish, working
from tests.until import until

pytestmark = [pytest.mark.door]

HOMES = [f"h-{place:04d}" for place in range(120)]
BEGAN = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SECONDS = 25
KILLS = 5


def street() -> dict[int, list[str]]:
    """Sort the homes by their partition."""
    by_partition: dict[int, list[str]] = {partition: [] for partition in range(PARTITIONS)}
    for home in HOMES:
        by_partition[partition_of(home, partitions=PARTITIONS)].append(home)
    return by_partition


def story(homes: Sequence[str], turn: int, dice: random.Random) -> ReadingBatch:
    """One batch: a numbered press or an alarm here and there, life everywhere; a minute goes by from batch to batch."""
    at = BEGAN + timedelta(minutes=turn)
    readings: list[Reading] = [a_heartbeat(at, home=home) for home in homes]
    for home in dice.sample(list(homes), 3):
        readings.append(a_reading(Motion(active=True), at=at, home=home))
    presser, burner = dice.sample(list(homes), 2)
    readings.append(a_reading(HelpButton(), at=at, home=presser, sensor=f"button-{turn}"))
    readings.append(a_reading(Smoke(active=dice.random() < 0.6), at=at, home=burner, sensor="smoke"))
    watched = [a_home(home, sensors=[a_sensor()]) for home in homes] if not turn else []
    return a_batch(*readings, homes=watched, at=at)


class Story:
    """What was sent, and what a pure run over it tells."""

    def __init__(self) -> None:
        self._pure = {partition: Partition(fresh(), 0) for partition in range(PARTITIONS)}
        self.told: dict[FindingId, str] = {}
        self.presses = 0

    def take(self, partition: int, offset: int, batch: ReadingBatch) -> None:
        self.presses += sum(isinstance(reading.value, HelpButton) for reading in batch.readings)
        for finding in self._pure[partition].apply(batch, offset):
            self.told[finding.finding_id] = finding.kind


async def tell(producer: AIOKafkaProducer, kafka: Kafka, heard: Story, dice: random.Random) -> None:
    """Send the story in about the time that it takes to kill the workers some times."""
    homes, start, turn = street(), time.monotonic(), 0
    while time.monotonic() - start < SECONDS:
        for partition in range(PARTITIONS):
            batch = story(homes[partition], turn, dice)
            heard.take(partition, await publish(producer, kafka, homes[partition][0], batch), batch)
        turn += 1
        await reached(start + turn * 0.1)


async def kill(workers: Sequence[Worker], dice: random.Random) -> None:
    """Kill, or freeze beyond the session; whoever is dead is started again, as a supervisor does."""
    start = time.monotonic()
    for turn in range(KILLS):
        await reached(start + 1 + (turn + dice.random()) * (SECONDS - 1) / KILLS)
        worker = workers[turn % len(workers)]
        if dice.random() < 0.75:
            worker.kill()
        else:
            worker.send(signal.SIGSTOP)
            asyncio.get_running_loop().call_later(5, worker.send, signal.SIGCONT)
        revive(workers)


async def reached(moment: float) -> None:
    await until(lambda: time.monotonic() > moment, within=60, what="the next moment of the story")


def revive(workers: Sequence[Worker]) -> bool:
    for worker in workers:
        if not worker.alive:
            worker.start()
    return True


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", [20261122])
async def test_every_press_is_told_and_none_is_invented_while_workers_die(
    kafka: Kafka, tmp_path: Path, seed: int
) -> None:
    dice, heard = random.Random(seed), Story()
    brief = Kafka(**{**vars(kafka), "session_timeout_seconds": 3.0})
    with working(brief, tmp_path, count=2) as workers:
        await until(lambda: all(worker.ready() for worker in workers), within=60, what="two ready workers")
        async with producing(kafka) as producer, Ear(kafka) as ear:
            await asyncio.gather(tell(producer, kafka, heard, dice), kill(workers, dice))
            expected = set(heard.told)

            async def all_told() -> bool:
                return revive(workers) and expected <= names(await ear.listen())

            await until(all_told, within=90, what=f"every finding (seed {seed})")
            assert names(ear.findings) == expected
            assert sum(kind == "help_button" for kind in heard.told.values()) == heard.presses > 100


def names(findings: Sequence[Finding]) -> set[FindingId]:
    return {finding.finding_id for finding in findings}
