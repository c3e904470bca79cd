"""The detectors as a process between two topics."""

import signal
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from contracts import Phase, Refusal, RefusalReason, decode, partition_of
from contracts.topics import PARTITIONS, READINGS, REFUSED
from contracts.values import HelpButton
from deploy.embedded.kafka import EmbeddedKafka
from detectors import stream_adaptations
from runtime.kafka import consuming, name_of, producing
from runtime.lifecycle import CUT_SHORT
from runtime.settings import Kafka
from tests.detectors.values import HOME, a_batch, a_home, a_reading
from tests.detectors.workers import Ear, publish, working
from tests.until import until

pytestmark = [pytest.mark.door]


async def test_a_press_becomes_a_finding(any_kafka: Kafka, tmp_path: Path) -> None:
    with working(any_kafka, tmp_path) as [worker]:
        await until(worker.ready, within=40, what="a ready worker")
        async with producing(any_kafka) as producer, Ear(any_kafka) as ear:
            press = a_reading(HelpButton(), sensor="button")
            await publish(producer, any_kafka, HOME, a_batch(press, homes=[a_home()]))
            await until(ear.listen, within=10, what="the press told as a finding")
            finding = ear.findings[0]
            assert (finding.kind, finding.home_id, finding.phase) == ("help_button", HOME, Phase.BEGAN)
            assert finding.evidence.readings == (press.reading_id,)
        assert 'dolbom_detectors_findings_total{hazard="help",phase="began"} 1.0' in worker.metrics()
        assert worker.stop() <= 5.0
        assert worker.status == 0


async def test_a_record_that_nobody_can_read_is_refused_and_the_stream_goes_on(kafka: Kafka, tmp_path: Path) -> None:
    with working(kafka, tmp_path) as [worker]:
        async with producing(kafka) as producer, Ear(kafka) as ear, consuming(kafka, REFUSED, group=None) as refused:
            partition = partition_of(HOME, partitions=PARTITIONS)
            for noise in (b"\xff\x00 noise", b'{"batched_at":1}', b""):
                await producer.send_and_wait(name_of(READINGS, kafka), noise, partition=partition)
            await publish(producer, kafka, HOME, a_batch(a_reading(HelpButton()), homes=[a_home()]))
            await until(ear.listen, within=30, what="the press after the noise")
            refusals = [decode((await refused.getone()).value, Refusal) for _ in range(3)]
            assert {refusal.reason for refusal in refusals} == {RefusalReason.WRONG_SHAPE}
            assert refusals[0].payload == b"\xff\x00 noise"
        assert worker.alive


async def test_a_worker_that_starts_again_remembers_what_it_told(kafka: Kafka, tmp_path: Path) -> None:
    press = a_batch(a_reading(HelpButton()), homes=[a_home()])
    with working(kafka, tmp_path) as [worker]:
        async with producing(kafka) as producer, Ear(kafka) as ear:
            await publish(producer, kafka, HOME, press)
            await until(ear.listen, within=30, what="the first press")
            worker.stop()
            worker.start()
            other = a_batch(a_reading(HelpButton(), home="h-0002"), homes=[a_home("h-0002")])
            await publish(producer, kafka, HOME, press)
            await publish(producer, kafka, HOME, other)
            await until(lambda: told_of("h-0002", ear), within=40, what="a press after the restart")
            assert [finding.home_id for finding in ear.findings] == [HOME, "h-0002"]


async def told_of(home_id: str, ear: Ear) -> bool:
    return any(finding.home_id == home_id for finding in await ear.listen())


async def test_a_worker_stops_within_five_seconds_when_no_broker_answers(tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        kafka = Kafka(bootstrap=f"127.0.0.1:{deaf.getsockname()[1]}")
        with working(kafka, tmp_path) as [worker]:
            await until(worker.lives, within=20, what="a worker with probes")
            assert worker.stop() <= 5.0


async def test_a_worker_stops_within_five_seconds_when_its_broker_died(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path / "kafka") as broker:
        kafka = Kafka(bootstrap=broker.bootstrap, session_timeout_seconds=6)
        with working(kafka, tmp_path) as [worker]:
            await until(worker.ready, within=40, what="a ready worker")
            broker.stop()
            assert worker.stop() <= 5.0


@pytest.mark.timeout(90)
async def test_a_worker_whose_kafka_is_away_says_that_it_is_not_ready_and_an_idle_one_does_not(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path / "kafka") as broker:
        kafka = Kafka(bootstrap=broker.bootstrap, session_timeout_seconds=6)
        with working(kafka, tmp_path) as [worker]:
            await until(worker.ready, within=40, what="a ready worker")
            began = time.monotonic()
            await until(lambda: time.monotonic() - began > 12, within=20, what="a while without any record")
            assert worker.ready()
            broker.stop()
            await until(lambda: not worker.ready(), within=20, what="the loss of readiness")


async def test_a_worker_that_was_frozen_for_longer_than_its_session_ends_itself(kafka: Kafka, tmp_path: Path) -> None:
    brief = replace(kafka, session_timeout_seconds=1.0)
    with working(brief, tmp_path) as [worker]:
        await until(worker.ready, within=40, what="a ready worker")
        worker.send(signal.SIGSTOP)
        frozen = time.monotonic()
        await until(lambda: time.monotonic() - frozen > 1.5, what="a freeze of more than a session")
        worker.send(signal.SIGCONT)
        await until(lambda: not worker.alive, within=10, what="the end of the worker")
        assert worker.status == CUT_SHORT


async def test_a_worker_listens_on_its_probes_only(kafka: Kafka, tmp_path: Path) -> None:
    with working(kafka, tmp_path) as [worker]:
        await until(worker.ready, within=40, what="a ready worker")
        assert worker.listening() == {worker.port}


def test_the_adaptations_are_for_the_installed_faust_and_for_no_other() -> None:
    stream_adaptations.check_version(stream_adaptations.WRITTEN_FOR)
    with pytest.raises(stream_adaptations.AnotherFaust, match=r"0\.15\.3, got 0\.16"):
        stream_adaptations.check_version("0.16.0")
