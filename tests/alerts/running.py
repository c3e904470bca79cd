"""The alerts service as a process of its own, on given servers."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from deploy.embedded.children import Child, loopback_port
from deploy.embedded.stack import Running
from homes.model import Home, Street
from homes.postgres import HomeStore
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.until import until

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-the-tests-and-of-nothing-else"


def environ_of(postgres: Postgres, kafka: Kafka) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")},
        "DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(),
        "DOLBOM_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "DOLBOM_KAFKA_TOPIC_PREFIX": kafka.topic_prefix,
        "DOLBOM_KAFKA_IDEMPOTENCE": "yes" if kafka.idempotence else "no",
        "DOLBOM_ALERTS_LINK_SECRET": SECRET,
        "DOLBOM_ALERTS_WEBHOOK_SECRET": SECRET,
        "PYTHONUNBUFFERED": "1",
    }


def start(folder: Path, environ: Mapping[str, str], name: str = "alerts", root: Path = ROOT) -> Running:
    port = loopback_port()
    environ = {**environ, "DOLBOM_SERVICE_PROBE_PORT": str(port)}
    child = Child([sys.executable, "-m", "alerts"], log=folder / f"{name}.log", environ=environ, cwd=root)
    return Running(name, child, port)


@asynccontextmanager
async def running(
    folder: Path, environ: Mapping[str, str], name: str = "alerts", root: Path = ROOT
) -> AsyncIterator[Running]:
    """Run it from a checkout: this one, or the one of another release."""
    service = start(folder, environ, name, root)
    try:
        await until(lambda: ready(service), within=30, what="the alerts service is ready")
        yield service
    finally:
        service.kill()


async def ready(service: Running) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(f"{service.probe_url}/ready", timeout=2)).status_code == 200
        except httpx.HTTPError:
            return False


async def with_home(postgres: Postgres, *homes: Home) -> None:
    async with pooled(postgres) as pool:
        await HomeStore(pool).save(Street(homes=homes))
