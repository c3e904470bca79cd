"""Where it is measured: the brokers of production where this machine has them, the embedded ones elsewhere."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.apache_kafka import LocalApacheKafka, NoApacheKafka
from deploy.embedded.mosquitto import LocalMosquitto, NoMosquitto
from deploy.embedded.stack import ROOT, Running, Stack
from runtime.settings import Settings, load

#: The services whose whole journey is measured; the console follows the alerts.
SERVICES: Final = ("ingest", "detectors", "alerts", "history", "console")
_JARS: Final = ROOT / ".dolbom" / "kafka-jars"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Brokers, a database, and our services as they are started."""

    stack: Stack
    settings: Settings
    #: What the brokers are, in words.
    brokers: str
    #: Where Apache Kafka keeps its log; None: the embedded broker keeps it in memory.
    kafka_log: Path | None
    #: The servers' processes, by name.
    servers: dict[str, int]

    async def serve(self, say: Callable[[str], None]) -> dict[str, Running]:
        """Start all services and return when each can do its work."""
        running = {name: self.stack.service(name) for name in SERVICES}
        for name, service in running.items():
            say(f"{name} starts")
            await asyncio.to_thread(service.wait_ready, 120.0)
        return running


@contextmanager
def a_stand() -> Iterator[Stand]:
    """Hold it; everything ends and is forgotten with the block."""
    with tempfile.TemporaryDirectory(prefix="dolbom-load-") as name, ExitStack() as servers:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs under an account of its own and must reach its folder
        environ: dict[str, str] = {"DOLBOM_CONSOLE_SECOND_FACTOR": "off"}
        mosquitto, kafka = _mosquitto(folder), _kafka(folder)
        if mosquitto:
            servers.enter_context(mosquitto)
            environ |= {"DOLBOM_MQTT_HOST": mosquitto.host, "DOLBOM_MQTT_PORT": f"{mosquitto.port}"}
        if kafka:
            servers.enter_context(kafka)
            environ |= {"DOLBOM_KAFKA_BOOTSTRAP": kafka.bootstrap, "DOLBOM_KAFKA_IDEMPOTENCE": "yes"}
        stack = servers.enter_context(Stack(folder, environ))
        children = {
            "MQTT broker": mosquitto or stack.mqtt,
            "Kafka": kafka or stack.kafka,
            "PostgreSQL": stack.postgres,
        }
        names = (
            "Mosquitto" if mosquitto else "the embedded MQTT broker",
            "Apache Kafka" if kafka else "the embedded Kafka",
        )
        yield Stand(
            stack=stack,
            settings=load({**environ, **stack.environ}),
            brokers=f"{names[0]}, {names[1]}, PostgreSQL (64 MB of shared buffers, every commit on the disk)",
            kafka_log=folder / "apache-kafka" / "data" if kafka else None,
            servers={name: each.child.pid for name, each in children.items() if each and each.child},
        )


def _mosquitto(folder: Path) -> LocalMosquitto | None:
    try:
        return LocalMosquitto(folder / "mosquitto")
    except NoMosquitto:
        return None


def _kafka(folder: Path) -> LocalApacheKafka | None:
    try:
        return LocalApacheKafka(folder / "apache-kafka", _JARS)
    except NoApacheKafka:
        return None
