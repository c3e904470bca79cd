"""Who competes: each is a process that moves what its MQTT session holds to a Kafka topic of its own."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from aiokafka import ConsumerRecord

from contracts import ReadingBatch, decode
from contracts.topics import READINGS, Topic
from deploy.embedded.stack import ROOT

SCRIPTS: Final = Path(__file__).parent / "scripts"
_REQUIREMENTS: Final = Path(__file__).parent / "requirements.txt"
_ENVIRONMENT: Final = ROOT / ".dolbom" / "peers"
#: The peers are keyless or keyed by home over so many partitions, as the bridge's topic has them.
_PARTITIONS: Final = READINGS.partitions


class _Told(msgspec.Struct, frozen=True):
    sensor: str


class _Message(msgspec.Struct, frozen=True):
    home: str
    readings: tuple[_Told, ...]


_message: Final = msgspec.json.Decoder(_Message)

#: A home and the number of its message.
Numbered = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One that moves messages from MQTT to Kafka."""

    name: str
    topic: Topic
    #: The messages that a record holds.
    read: Callable[[bytes], list[Numbered]]
    #: The script and its interpreter; empty: the bridge itself.
    script: str = ""
    about: str = ""

    @property
    def session(self) -> str:
        """Name its session at the MQTT broker."""
        return f"peer-{self.script or 'dolbom'}"


def _batch(record: bytes) -> list[Numbered]:
    return [(reading.home_id, _number(reading.sensor_id)) for reading in decode(record, ReadingBatch).readings]


def _single(record: bytes) -> list[Numbered]:
    message = _message.decode(record)
    return [(message.home, _number(told.sensor)) for told in message.readings]


def _number(sensor: str) -> int:
    return int(sensor.removeprefix("s-"))


def _peer(name: str, script: str, about: str) -> Contestant:
    topic = Topic(name=f"peer-{script.replace('_', '-')}", partitions=_PARTITIONS, config={})
    return Contestant(name=name, script=script, topic=topic, read=_single, about=about)


OURS: Final = Contestant(name="Dolbom", topic=READINGS, read=_batch, about="decodes, admits, batches")
PEERS: Final = (
    _peer("mq-bridge (Rust)", "mq_bridge_route", "forwards bytes"),
    _peer("gmqtt + aiokafka", "gmqtt_kafka", "forwards bytes"),
    _peer("paho thread + aiokafka", "paho_thread", "forwards bytes"),
    _peer("aiomqtt + aiokafka", "aiomqtt_kafka", "forwards bytes, acknowledges on receipt"),
)


def peers_python() -> Path:
    """Find the peers' own environment; make it where it is not."""
    python = _ENVIRONMENT / "bin" / "python"
    made = _ENVIRONMENT / "made-from" / _REQUIREMENTS.name
    if made.exists() and made.read_text() == _REQUIREMENTS.read_text():
        return python
    subprocess.run([sys.executable, "-m", "venv", _ENVIRONMENT], check=True)
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r")
    subprocess.run([python, *install, _REQUIREMENTS], check=True)
    made.parent.mkdir(exist_ok=True)
    made.write_text(_REQUIREMENTS.read_text())
    return python


def records(contestant: Contestant, batch: Sequence[ConsumerRecord]) -> list[Numbered]:
    """Read what some records hold."""
    return [each for record in batch for each in contestant.read(record.value)]
