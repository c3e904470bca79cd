"""A worker as its own process, and what a test needs to speak to it through Kafka."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts import Finding, ReadingBatch, decode, encode, partition_of
from contracts.topics import FINDINGS, PARTITIONS, READINGS
from deploy.embedded.children import loopback_port
from runtime.kafka import name_of
from runtime.settings import Kafka

ROOT = Path(__file__).parents[2]


class Worker:
    """`python -m detectors`, started again as often as the test likes."""

    def __init__(self, kafka: Kafka, folder: Path, extra: Mapping[str, str] | None = None) -> None:
        self.port = loopback_port()
        self.log = folder / f"detectors-{self.port}.log"
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")},
            "DOLBOM_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "DOLBOM_KAFKA_TOPIC_PREFIX": kafka.topic_prefix,
            "DOLBOM_KAFKA_SESSION_TIMEOUT_SECONDS": str(kafka.session_timeout_seconds),
            "DOLBOM_KAFKA_IDEMPOTENCE": "yes" if kafka.idempotence else "no",
            "DOLBOM_DETECTORS_DATA_DIR": str(folder / f"faust-{self.port}"),
            "DOLBOM_DETECTORS_CHECKPOINT_SECONDS": "2",
            "DOLBOM_SERVICE_PROBE_PORT": str(self.port),
            **(extra or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "detectors"], cwd=ROOT, env=self._environ, stdout=log, stderr=log
            )

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=1) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    @property
    def status(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def lives(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def listening(self) -> set[int]:
        """Name the TCP ports on which the process listens, as the kernel knows them."""
        assert self.process is not None
        folder = Path(f"/proc/{self.process.pid}")
        sockets = {
            str(link.readlink()).removeprefix("socket:[").removesuffix("]")
            for link in (folder / "fd").iterdir()
            if str(link.readlink()).startswith("socket:")
        }
        lines = [line.split() for name in ("tcp", "tcp6") for line in (folder / "net" / name).read_text().splitlines()]
        return {int(line[1].split(":")[1], 16) for line in lines if line[3] == "0A" and line[9] in sockets}

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=2) as response:
            return str(response.read().decode())

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.alive:
            self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self, within: float = 10.0) -> float:
        """Ask it to stop; answer the seconds that it took."""
        began = time.monotonic()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(within)
        return time.monotonic() - began


@contextmanager
def working(
    kafka: Kafka, folder: Path, *, count: int = 1, extra: Mapping[str, str] | None = None
) -> Iterator[list[Worker]]:
    """Hold started workers; none is left behind."""
    workers = [Worker(kafka, folder, extra) for _ in range(count)]
    try:
        for worker in workers:
            worker.start()
        yield workers
    finally:
        for worker in workers:
            worker.send(signal.SIGCONT)
            worker.kill()


async def publish(producer: AIOKafkaProducer, kafka: Kafka, home_id: str, batch: ReadingBatch) -> int:
    """Send a batch to the partition of a home, and answer its offset."""
    partition = partition_of(home_id, partitions=PARTITIONS)
    sent = await producer.send_and_wait(name_of(READINGS, kafka), encode(batch), partition=partition)
    return int(sent.offset)


class Ear:
    """Hears all findings from the beginning."""

    def __init__(self, kafka: Kafka) -> None:
        self.findings: list[Finding] = []
        self._consumer = AIOKafkaConsumer(
            name_of(FINDINGS, kafka),
            bootstrap_servers=kafka.bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )

    async def __aenter__(self) -> "Ear":
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def listen(self) -> list[Finding]:
        """Take what has come since, and answer all."""
        for records in (await self._consumer.getmany(timeout_ms=50)).values():
            self.findings += [decode(record.value, Finding) for record in records]
        return self.findings
