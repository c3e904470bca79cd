"""The ground on which all compete: a fresh Mosquitto for each, one Apache Kafka for all, where they are installed."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bench.versus.receiver import Receiver
from deploy.embedded.apache_kafka import LocalApacheKafka, NoApacheKafka
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.mosquitto import LocalMosquitto, NoMosquitto
from deploy.embedded.mqtt import EmbeddedMqtt
from deploy.embedded.stack import ROOT
from homes.street import Street
from runtime.settings import Kafka, Mqtt

JARS = ROOT / ".dolbom" / "kafka-jars"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a contestant finds there."""

    folder: Path
    mqtt: Mqtt
    kafka: Kafka
    receiver: Receiver
    street: Street


@contextmanager
def a_folder() -> Iterator[Path]:
    """Hold a folder that PostgreSQL's own account can reach."""
    with tempfile.TemporaryDirectory(prefix="dolbom-versus-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def kafka_for(folder: Path, *, real: bool = True) -> LocalApacheKafka | EmbeddedKafka:
    """Choose Apache Kafka where Java and its files are, else the embedded broker."""
    if real:
        try:
            return LocalApacheKafka(folder / "apache-kafka", JARS)
        except NoApacheKafka:
            pass  # the table says which it was
    return EmbeddedKafka(folder / "kafka")


def mqtt_for(folder: Path, *, real: bool = True) -> LocalMosquitto | EmbeddedMqtt:
    """Choose Mosquitto where it is installed, else the embedded broker."""
    if real:
        try:
            return LocalMosquitto(folder / "mosquitto")
        except NoMosquitto:
            pass  # the table says which it was
    return EmbeddedMqtt(folder / "mqtt")


def subscribe(mqtt: Mqtt, session: str) -> None:
    """Make a lasting session of that name that hears every home: some bridges take theirs as it is."""
    made: list[object] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=session, protocol=paho.MQTTv5)
    client.on_subscribe = lambda *said: made.append(said)
    expiry = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho left it without types
    expiry.SessionExpiryInterval = 3_600
    client.connect(mqtt.host, mqtt.port, clean_start=False, properties=expiry)
    client.subscribe("home/#", qos=1)
    while not made:
        client.loop(0.1)
    client.disconnect()


def named(kafka: LocalApacheKafka | EmbeddedKafka, mqtt: LocalMosquitto | EmbeddedMqtt) -> str:
    """Say which brokers they are."""
    log = "Apache Kafka 4" if isinstance(kafka, LocalApacheKafka) else "the embedded Kafka broker"
    if isinstance(mqtt, EmbeddedMqtt):
        return f"the embedded MQTT broker, {log}"
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "mosquitto"
    said = subprocess.run([program, "-h"], capture_output=True, text=True).stdout.split("\n", 1)[0]
    return f"{said.strip()}, {log}"
