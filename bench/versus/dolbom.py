"""Dolbom itself: its bridge, its detectors, its alerts, and the PostgreSQL that it keeps its cases in."""

import asyncio
import os
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bench.prove import import_street
from bench.versus.contestants import Able, Contestant, Does
from bench.versus.ground import Ground
from bench.versus.team import Program, Team
from deploy.embedded.children import loopback_port
from deploy.embedded.stack import ROOT, Stack
from runtime.settings import load

#: From the message to the call; history and the console are beside the way.
SERVICES: Final = ("ingest", "detectors", "alerts")


@contextmanager
def _team(ground: Ground) -> Iterator[Team]:
    given = {
        "DOLBOM_MQTT_HOST": ground.mqtt.host,
        "DOLBOM_MQTT_PORT": str(ground.mqtt.port),
        "DOLBOM_KAFKA_BOOTSTRAP": ground.kafka.bootstrap,
        "DOLBOM_KAFKA_IDEMPOTENCE": "yes" if ground.kafka.idempotence else "no",
        "DOLBOM_KAFKA_TOPIC_PREFIX": "versus-",
    }
    with Stack(ground.folder / "dolbom", given) as stack:
        asyncio.run(import_street(load(stack.environ), ground.street))
        programs = [_program(stack, name) for name in SERVICES]
        database = stack.postgres.child if stack.postgres else None
        servers = {"PostgreSQL": database.pid} if database else {}
        team = Team(programs, logs=stack.logs, servers=servers)
        try:
            yield team
        finally:
            team.kill()


def _program(stack: Stack, name: str) -> Program:
    port = loopback_port()
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("DOLBOM_")},
        **stack.environ,
        "DOLBOM_SERVICE_PROBE_PORT": str(port),
        "DOLBOM_DETECTORS_DATA_DIR": str(stack.folder / "faust"),
    }
    command = [sys.executable, "-m", name]
    return Program(name=name, command=command, cwd=ROOT, environ=environ, ready=asks(f"http://127.0.0.1:{port}/ready"))


def asks(url: str) -> Callable[[], bool]:
    """Make a question that an HTTP server answers with 200."""

    def ready() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ready


OURS: Final = Contestant(
    name="Dolbom",
    about="ingest, detectors, alerts, PostgreSQL",
    able=Able(
        escalates=Does(by_itself=True, why="steps with due times in the database"),
        answered=Does(by_itself=True, why="a link in each call; an answer stops the steps, and it expires"),
        silence=Does(by_itself=True, why="gateway, sensor, resident and our own lag are told apart"),
        durable=Does(by_itself=True, why="PUBACK after Kafka's acks=all"),
    ),
    install=lambda: None,
    team=_team,
)
