"""The servers that tests speak to: embedded ones for each worker's session, real ones when a test asks."""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from _pytest.mark import ParameterSet
from hypothesis import settings as laws
from psycopg import sql

from deploy.embedded.apache_kafka import LocalApacheKafka, NoApacheKafka
from deploy.embedded.kafka import EmbeddedKafka
from deploy.embedded.mosquitto import LocalMosquitto, NoMosquitto
from deploy.embedded.mqtt import EmbeddedMqtt
from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.stack import ROOT
from runtime.kafka import create_topics
from runtime.postgres import migrate
from runtime.settings import Kafka, Mqtt, Postgres, Settings

_TEMPLATE = "template_dolbom"

# pytest-xdist tells its workers of a terminal of 80 columns, and a rich console that is made at import believes it for
# ever: a test that asks for a wide table would get a narrow one.
os.environ.pop("COLUMNS", None)

#: `make laws`: what a law of the house is tried with at night. A law that asks for more by itself gets more.
laws.register_profile("nightly", max_examples=10_000, deadline=None, print_blob=True)


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder that the servers' own account can reach; pytest's is closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="dolbom-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def embedded_mqtt(server_folder: Path) -> Iterator[EmbeddedMqtt]:
    with EmbeddedMqtt(server_folder / "mqtt") as broker:
        yield broker


@pytest.fixture(scope="session")
def embedded_kafka(server_folder: Path) -> Iterator[EmbeddedKafka]:
    with EmbeddedKafka(server_folder / "kafka") as broker:
        yield broker


@pytest.fixture(scope="session")
def embedded_postgres(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(server_folder / "postgres", durable=False) as server:
        _make_template(server)
        yield server


@pytest.fixture
def mqtt(embedded_mqtt: EmbeddedMqtt) -> Mqtt:
    """The broker of the session; a test names its own homes and its own client."""
    return _mqtt_of(embedded_mqtt.host, embedded_mqtt.port)


@pytest.fixture
def kafka(embedded_kafka: EmbeddedKafka) -> Kafka:
    """Topics that no other test sees."""
    return _kafka_of(embedded_kafka.bootstrap, idempotence=False)


@pytest.fixture
def postgres(embedded_postgres: EmbeddedPostgres) -> Iterator[Postgres]:
    """A migrated database that no other test sees."""
    with _database(embedded_postgres) as settings:
        yield settings


@pytest.fixture(scope="session")
def real_mqtt(server_folder: Path) -> Iterator[LocalMosquitto]:
    """Debian's Mosquitto with our delivery settings."""
    try:
        broker = LocalMosquitto(server_folder / "mosquitto")
    except NoMosquitto as why:
        pytest.skip(f"ran on the embedded MQTT broker only: {why}")
    with broker:
        yield broker


@pytest.fixture(scope="session")
def real_kafka(server_folder: Path) -> Iterator[LocalApacheKafka]:
    """Apache Kafka on the JVM."""
    try:
        broker = LocalApacheKafka(server_folder / "apache-kafka", ROOT / ".dolbom" / "kafka-jars")
    except NoApacheKafka as why:
        pytest.skip(f"ran on the embedded Kafka broker only: {why}")
    with broker:
        yield broker


@pytest.fixture(scope="session")
def real_postgres(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    """The newest PostgreSQL of Debian's packages, run by the same launcher."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("ran on the embedded PostgreSQL only: Debian's package `postgresql` is not installed")
    with EmbeddedPostgres(server_folder / "debian-postgres", durable=False, binaries=found[-1].parent) as server:
        _make_template(server)
        yield server


def _on_both(embedded: str, real: str) -> list[ParameterSet]:
    return [pytest.param(embedded, id="embedded"), pytest.param(real, id="real", marks=pytest.mark.real)]


@pytest.fixture(params=_on_both("embedded_mqtt", "real_mqtt"))
def any_mqtt(request: pytest.FixtureRequest) -> Mqtt:
    """An embedded broker, and then Mosquitto."""
    broker = request.getfixturevalue(request.param)
    return _mqtt_of(broker.host, broker.port)


@pytest.fixture(params=_on_both("embedded_kafka", "real_kafka"))
def any_kafka(request: pytest.FixtureRequest) -> Kafka:
    """An embedded broker, and then Apache Kafka with its idempotent producer."""
    broker = request.getfixturevalue(request.param)
    return _kafka_of(broker.bootstrap, idempotence=broker.idempotence)


@pytest.fixture(params=_on_both("embedded_postgres", "real_postgres"))
def any_postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """An embedded PostgreSQL, and then Debian's."""
    with _database(request.getfixturevalue(request.param)) as settings:
        yield settings


@pytest.fixture
def settings(mqtt: Mqtt, kafka: Kafka, postgres: Postgres) -> Settings:
    return Settings(mqtt=mqtt, kafka=kafka, postgres=postgres)


def _mqtt_of(host: str, port: int) -> Mqtt:
    return Mqtt(host=host, port=port, client_id=f"dolbom-test-{secrets.token_hex(4)}")


def _kafka_of(bootstrap: str, *, idempotence: bool) -> Kafka:
    settings = Kafka(
        bootstrap=bootstrap,
        topic_prefix=f"t{secrets.token_hex(4)}-",
        idempotence=idempotence,
        session_timeout_seconds=6,
    )
    asyncio.run(create_topics(settings))
    return settings


def _make_template(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.dsn("postgres").reveal(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(_TEMPLATE)))
    asyncio.run(migrate(Postgres(dsn=server.dsn(_TEMPLATE))))


@contextmanager
def _database(server: EmbeddedPostgres) -> Iterator[Postgres]:
    name = f"test_{secrets.token_hex(4)}"
    with psycopg.connect(server.dsn("postgres").reveal(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(_TEMPLATE))
        )
    try:
        yield Postgres(dsn=server.dsn(name))
    finally:
        with psycopg.connect(server.dsn("postgres").reveal(), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
