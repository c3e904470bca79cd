"""The ground on which all compete: one Mosquitto, one Kafka, one PostgreSQL, and the messages of fifty homes."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bench.peers.contestants import PEERS, SCRIPTS, Contestant, Numbered, peers_python
from bench.prove import import_street
from bench.samples import street_of
from contracts import shard_of
from deploy.embedded.children import Child, loopback_port
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.mosquitto import LocalMosquitto
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.stack import ROOT
from homes.street import Street
from runtime.kafka import create_topics
from runtime.settings import Kafka, Mqtt, Postgres, Secret, Settings, name_of

HOMES: Final = 50
#: A message as long as those that mqtt.md measured with.
_BYTES: Final = 160
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Arena:
    """The servers, and how to reach them."""

    settings: Settings
    kafka: EmbeddedKafka
    folder: Path
    homes: tuple[str, ...]

    def start(self, contestant: Contestant) -> Child:
        """Start a contestant; it begins to move what its session holds."""
        log = self.folder / f"{contestant.session}.log"
        if contestant.script:
            words = (self.settings.mqtt.port, contestant.session, self.settings.kafka.bootstrap, contestant.topic.name)
            command: list[str | Path] = [
                peers_python(),
                SCRIPTS / f"{contestant.script}.py",
                *(str(word) for word in words),
            ]
            return Child(command, log=log, cwd=self.folder)
        return Child([sys.executable, "-m", "ingest"], log=log, environ=self._environ(), cwd=ROOT)

    def floor(self, first: int, last: int) -> Child:
        """Start what only receives and acknowledges."""
        words = (self.settings.mqtt.port, "peer-floor", first, last)
        command: list[str | Path] = [sys.executable, SCRIPTS / "floor.py", *(str(word) for word in words)]
        return Child(command, log=self.folder / "peer-floor.log", cwd=self.folder)

    def subscribe(self, contestants: Sequence[Contestant]) -> None:
        """Make every session, so that the broker keeps for each what it will be measured with."""
        for session in ("peer-floor", *(each.session for each in contestants if each.script)):
            _make_session(self.settings.mqtt, session)
        if any(not each.script for each in contestants):
            log = self.folder / "init.log"
            init = Child([sys.executable, "-m", "ingest", "init"], log=log, environ=self._environ(), cwd=ROOT)
            init.wait_for(lambda: init.status == 0 or not init.alive, within=30, what="python -m ingest init")

    def signal_kafka(self, number: signal.Signals) -> None:
        """Let Kafka hang, or go on."""
        if self.kafka.child is not None:
            self.kafka.child.send(number)

    def _environ(self) -> dict[str, str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")}
        for section in ("mqtt", "kafka", "postgres", "service"):
            part = getattr(self.settings, section)
            known |= {name_of(section, each.name): _told(getattr(part, each.name)) for each in fields(part)}
        return known


class Publisher:
    """All homes' gateways on one line."""

    def __init__(self, mqtt: Mqtt) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.max_inflight_messages_set(500)
        self._client.max_queued_messages_set(0)
        self._client.connect(mqtt.host, mqtt.port)
        self._client.loop_start()
        self._last: paho.MQTTMessageInfo | None = None

    def say(self, numbered: Numbered) -> None:
        """Publish a home's message of that number."""
        home, number = numbered
        topic = f"home/{shard_of(home):02x}/{home}/native/readings"
        self._last = self._client.publish(topic, payload(home, number), qos=1)

    def finish(self) -> None:
        """Return once the broker has everything."""
        if self._last is not None:
            self._last.wait_for_publish(120)
        self._client.disconnect()
        self._client.loop_stop()


def payload(home: str, number: int) -> bytes:
    """Write a message of the length that is measured with: one reading, numbered."""
    value = '{"kind":"motion","active":true}'
    text = f'{{"home":"{home}","session":1,"seq":{number + 1},"readings":[{{"sensor":"s-{number}","value":{value}}}]}}'
    return text.ljust(_BYTES).encode()


def processor_seconds(pid: int) -> float:
    """Tell what a process has used of all processors since it began."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / _TICKS


def peak_megabytes(pid: int) -> float:
    """Tell the most memory that a process has held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@contextmanager
def an_arena() -> Iterator[Arena]:
    """Hold the servers; everything ends with the block."""
    with tempfile.TemporaryDirectory(prefix="dolbom-peers-") as name, ExitStack() as servers:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs under an account of its own and must reach its folder
        mosquitto = servers.enter_context(LocalMosquitto(folder / "mosquitto"))
        kafka = servers.enter_context(EmbeddedKafka(folder / "kafka"))
        database = servers.enter_context(EmbeddedPostgres(folder / "postgres", durable=False))
        with psycopg.connect(database.dsn("postgres").reveal(), autocommit=True) as connection:
            connection.execute("create database bench")
        settings = Settings(
            mqtt=Mqtt(port=mosquitto.port),
            kafka=Kafka(bootstrap=kafka.bootstrap, idempotence=kafka.idempotence),
            postgres=Postgres(dsn=database.dsn("bench")),
        )
        settings = replace(settings, service=replace(settings.service, probe_port=loopback_port()))
        street = street_of(HOMES, webhook="")
        asyncio.run(_prepared(settings, street))
        homes = tuple(home.home_id for home in street.homes)
        yield Arena(settings=settings, kafka=kafka, folder=folder, homes=homes)


async def _prepared(settings: Settings, street: Street) -> None:
    await import_street(settings, street)
    await create_topics(settings.kafka, [peer.topic for peer in PEERS])


def _make_session(mqtt: Mqtt, name: str) -> None:
    made = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
    client.on_subscribe = lambda *said: made.append(said)
    expiry = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho left it without types
    expiry.SessionExpiryInterval = 3_600
    client.connect(mqtt.host, mqtt.port, clean_start=False, properties=expiry)
    client.subscribe("home/#", qos=1)
    while not made:
        client.loop(0.1)
    client.disconnect()


def _told(value: object) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)
