"""The same processes on the servers of production: Mosquitto, Apache Kafka and Debian's PostgreSQL."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from deploy.embedded.apache_kafka import LocalApacheKafka
from deploy.embedded.children import answers, loopback_port
from deploy.embedded.mosquitto import LocalMosquitto
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.stack import ROOT, Stack
from tests.until import until

pytestmark = [pytest.mark.journey, pytest.mark.real]
SERVICES = ("ingest", "detectors", "alerts", "history", "console")


@pytest.fixture
def stack(
    server_folder: Path, real_mqtt: LocalMosquitto, real_kafka: LocalApacheKafka, real_postgres: EmbeddedPostgres
) -> Iterator[Stack]:
    with psycopg.connect(real_postgres.dsn("postgres").reveal(), autocommit=True) as connection:
        connection.execute("create database real_stack")
    environ = {
        "DOLBOM_MQTT_HOST": real_mqtt.host,
        "DOLBOM_MQTT_PORT": str(real_mqtt.port),
        "DOLBOM_KAFKA_BOOTSTRAP": real_kafka.bootstrap,
        "DOLBOM_KAFKA_IDEMPOTENCE": "yes",
        "DOLBOM_KAFKA_TOPIC_PREFIX": "real-stack-",
        "DOLBOM_POSTGRES_DSN": real_postgres.dsn("real_stack").reveal(),
    }
    with Stack(server_folder / "real-stack", environ) as stack:
        assert (stack.mqtt, stack.kafka, stack.postgres) == (None, None, None)
        yield stack


def command(environ: Mapping[str, str], module: str, *words: str) -> None:
    subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT, env={"PATH": "/usr/bin", **environ}, check=True)


def pushes(port: int) -> list[dict[str, str]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/pushes", timeout=5) as told:
        return [push["body"] for push in json.load(told)["pushes"]]


def press(port: int) -> None:
    wish = urllib.request.Request(f"http://127.0.0.1:{port}/scenes/help_button", method="POST")
    with urllib.request.urlopen(wish, timeout=10):
        pass


@pytest.mark.timeout(240)
async def test_a_press_reaches_a_telephone_and_every_service_stops_in_time(stack: Stack) -> None:
    street, control, telephone = stack.folder / "street.yaml", loopback_port(), loopback_port()
    webhook = f"--webhook=http://127.0.0.1:{telephone}/push"
    command(stack.environ, "simulator", "street", "--homes=3", webhook, f"--out={street}")
    command(stack.environ, "homes", "import", str(street))
    services = [stack.service(name) for name in SERVICES]
    for service in services:
        service.wait_ready(60)
    ports = [f"--control-port={control}", f"--push-port={telephone}"]
    homes = stack.service("simulator", arguments=["run", f"--street={street}", *ports])
    homes.wait_for(lambda: answers(control) and answers(telephone), within=30)
    press(control)
    await until(lambda: pushes(telephone), within=30, what="the push")
    assert {(push["severity"], push["hazard"]) for push in pushes(telephone)} == {("emergency", "help")}
    with psycopg.connect(stack.environ["DOLBOM_POSTGRES_DSN"]) as connection:
        assert connection.execute("select count(*) from alert").fetchone() == (1,)
    took = {service.name: service.stop(within=10) for service in (homes, *services)}
    assert max(took.values()) < 5, took
    assert {service.name: service.status for service in services} == dict.fromkeys(SERVICES, 0)
