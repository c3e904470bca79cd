"""Kafka is lost with all it held, while detectors watch: what is said afterwards is heard."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from contracts.values import HelpButton, Motion
from deploy.embedded.kafka import EmbeddedKafka
from runtime.kafka import create_topics, producing
from runtime.settings import Kafka
from tests.detectors.values import HOME, a_batch, a_home, a_reading
from tests.detectors.workers import Ear, Worker, publish, working
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.timeout(240)]

#: Records of the partition before it was lost: the new log is shorter than the old one for a while.
BEFORE = 20


async def test_a_press_after_kafka_came_back_empty_is_heard_by_detectors_that_never_stopped(
    kafka: Kafka, server_folder: Path, tmp_path: Path
) -> None:
    with EmbeddedKafka(server_folder / "kafka-lost") as broker:
        ours = replace(kafka, bootstrap=broker.bootstrap)
        await create_topics(ours)
        with working(ours, tmp_path) as [worker]:
            await until(worker.ready, within=40, what="a ready worker")
            await _say(ours, "first", times=BEFORE)
            broker.stop()
            broker.start()
            await create_topics(ours)
            async with producing(ours) as producer:
                press = a_reading(HelpButton(), sensor="button")
                await publish(producer, ours, HOME, a_batch(press, homes=[a_home()]))
            await until(partial(_told, ours, worker), within=90, what="the press after Kafka was lost")


async def _say(kafka: Kafka, what: str, *, times: int) -> None:
    """Say harmless things and one press of another home of the same partition, and wait until it is told."""
    async with producing(kafka) as producer, Ear(kafka) as ear:
        for number in range(times):
            motion = a_reading(Motion(active=True), sensor=f"{what}-{number}")
            await publish(producer, kafka, HOME, a_batch(motion, homes=[a_home()]))
        await publish(producer, kafka, HOME, a_batch(a_reading(HelpButton(), sensor="button")))
        await until(ear.listen, within=40, what="a press before Kafka was lost")


async def _told(kafka: Kafka, worker: Worker) -> bool:
    """Hear whether it is told; a worker that ended is started again, as every supervisor does."""
    if not worker.alive:
        worker.start()
    async with Ear(kafka) as ear:
        return bool(await ear.listen())
