"""The contest: the same records for all in one run, the same judging, and what each adds to it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from bench.peers.arena import processor_seconds
from bench.stream.load import Load
from contracts import ReadingBatch, encode
from contracts.topics import PARTITIONS, READINGS, Topic
from deploy.embedded.children import Child
from deploy.embedded.stack import ROOT, Running, Stack
from runtime.kafka import create_topics, name_of, producing
from runtime.settings import Kafka, load

SCRIPTS: Final = Path(__file__).parent / "scripts"
_REQUIREMENTS: Final = Path(__file__).parent / "requirements.txt"
_ENVIRONMENT: Final = ROOT / ".dolbom" / "stream-peers"
#: One record for each reading.
SINGLES: Final = Topic(name="bench-singles", partitions=PARTITIONS, config={})
#: So many are enough for who needs a thousand times as long.
_MOST_SINGLES: Final = 10_000
#: A contestant that has not done its work by then is told as such.
_PATIENCE_SECONDS: Final = 240.0


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What one contestant needed; `failed` says why it has no figures."""

    name: str
    about: str
    readings: int = 0
    processor_seconds: float = 0.0
    seconds: float = 0.0
    failed: str = ""

    @property
    def microseconds(self) -> float:
        """Tell the processor time of one reading."""
        return 1e6 * self.processor_seconds / max(1, self.readings)

    @property
    def per_second(self) -> float:
        """Tell how many readings it took in a second, its waiting for Kafka counted in."""
        return self.readings / max(self.seconds, 0.001)


@contextmanager
def a_broker() -> Iterator[tuple[Stack, Kafka]]:
    """Hold an embedded Kafka and nothing else."""
    nowhere = {"DOLBOM_MQTT_HOST": "127.0.0.1", "DOLBOM_POSTGRES_DSN": "postgresql://127.0.0.1:1/none"}
    with TemporaryDirectory(prefix="dolbom-stream-") as folder, Stack(Path(folder), nowhere) as stack:
        yield stack, load(stack.environ).kafka


async def contest(stack: Stack, kafka: Kafka, *, homes: int, readings: int, say: Callable[[str], None]) -> list[Ran]:
    """Let each take the same load from the beginning, one after the other."""
    say(f"{readings} readings of {homes} homes")
    source = Load(homes)
    await create_topics(kafka, (READINGS, SINGLES))
    async with producing(kafka) as producer:
        await _publish(producer, kafka, source.registrations())
        told = await _publish(producer, kafka, source.batches(readings, together=500))
        singles = await _publish_singles(producer, kafka, source.batches(min(readings, _MOST_SINGLES), together=100))
    del source
    ran = []
    for name, about, python, script, topic, goal in (
        ("aiokafka, the floor", "batches, no checkpoints, nothing sent", sys.executable, "floor", READINGS, told),
        ("Quix Streams 3.28", "batches, commits, no state of its own", peers_python(), "quix", READINGS, told),
        (
            "Faust with a Table",
            "one record per reading, state by key, same judging",
            sys.executable,
            "faust_table",
            SINGLES,
            singles,
        ),
    ):
        say(name)
        arguments = [
            python,
            SCRIPTS / f"{script}.py",
            kafka.bootstrap,
            name_of(topic, kafka),
            goal,
            stack.folder,
            homes,
        ]
        ran.append(_ran(name, about, arguments, stack.folder / f"{script}.log"))
    say("Dolbom")
    return [ran[0], _our_run(stack, told), *ran[1:]]


def peers_python() -> Path:
    """Find the peers' own environment; make it where it is not."""
    python, made = _ENVIRONMENT / "bin" / "python", _ENVIRONMENT / _REQUIREMENTS.name
    if made.exists() and made.read_text() == _REQUIREMENTS.read_text():
        return python
    subprocess.run([sys.executable, "-m", "venv", _ENVIRONMENT], check=True)
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r")
    subprocess.run([python, *install, _REQUIREMENTS], check=True)
    made.write_text(_REQUIREMENTS.read_text())
    return python


async def _publish(producer: AIOKafkaProducer, kafka: Kafka, batches: Iterable[tuple[int, ReadingBatch]]) -> int:
    told, sent = 0, None
    for partition, batch in batches:
        sent = await producer.send(name_of(READINGS, kafka), encode(batch), partition=partition)
        told += len(batch.readings)
    await producer.flush()
    if sent is not None:
        await sent
    return told


async def _publish_singles(
    producer: AIOKafkaProducer, kafka: Kafka, batches: Iterable[tuple[int, ReadingBatch]]
) -> int:
    told = 0
    for partition, batch in batches:
        for reading in batch.readings:
            key = reading.home_id.encode()
            await producer.send(name_of(SINGLES, kafka), encode(reading), key=key, partition=partition)
        told += len(batch.readings)
    await producer.flush()
    return told


def _ran(name: str, about: str, arguments: Sequence[object], log: Path) -> Ran:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = Child([str(each) for each in arguments], log=log, environ=environ, cwd=ROOT)
    until = time.monotonic() + _PATIENCE_SECONDS
    try:
        while child.alive and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        child.kill()
    told = log.read_text().splitlines()
    words = told[-1].split() if told else []
    if len(words) != 3 or not words[0].isdigit():
        return Ran(name=name, about=about, failed=(told[-1] if told else "not done in time")[:120])
    return Ran(
        name=name, about=about, readings=int(words[0]), processor_seconds=float(words[1]), seconds=float(words[2])
    )


def _our_run(stack: Stack, goal: int) -> Ran:
    """Measure our own worker from when it has its partitions on, its checkpoints and findings counted in."""
    about = "batches, checkpoints every 5 s, findings durable"
    running = stack.service("detectors", {"DOLBOM_DETECTORS_CHECKPOINT_SECONDS": "5"})
    running.wait_ready(60)
    first, spent, began = readings_of(running), processor_seconds(running.pid), time.monotonic()
    try:
        running.wait_for(lambda: readings_of(running) >= goal, within=_PATIENCE_SECONDS)
        seconds = time.monotonic() - began
        return Ran(
            name="Dolbom",
            about=about,
            readings=goal - first,
            processor_seconds=processor_seconds(running.pid) - spent,
            seconds=seconds,
        )
    finally:
        running.stop(10)


def readings_of(running: Running) -> int:
    """Tell how many readings a worker has judged."""
    for family in text_string_to_metric_families(running.metrics()):
        for sample in family.samples:
            if sample.name == "dolbom_detectors_readings_total":
                return int(sample.value)
    return 0
