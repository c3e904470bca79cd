"""The console as a process of its own on given servers, with alerts that reach it as they do in service."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from alerts.events import Event, Found
from alerts.kafka import Relay
from alerts.model import Alert
from alerts.postgres import AlertStore
from alerts.transition import Transition
from contracts import Finding
from deploy.embedded.children import Child, loopback_port
from deploy.embedded.stack import ROOT, Running
from homes.model import Home, Street
from homes.postgres import HomeStore
from runtime.kafka import producing
from runtime.postgres import Pool, pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.running import environ_of, ready
from tests.console.building import STREET
from tests.until import until

NAME, PASSWORD = "김지현", "a-long-password-of-the-tests"
SECRET = "a-secret-of-the-tests-and-of-nothing-else"


@dataclass(kw_only=True)
class Centre:
    """A running console, and the hand that feeds it."""

    console: Running
    url: str
    store: AlertStore
    pool: Pool
    relay: Relay

    async def apply(self, event: Event) -> Transition:
        """Let something happen to an alert; the world is told at once."""
        done = await self.store.apply(event)
        await self.relay.turn()
        return done

    async def found(self, finding: Finding) -> Alert:
        """Open an alert."""
        alert = (await self.apply(Found(finding=finding))).alert
        assert alert is not None
        return alert

    async def unheard(self, finding: Finding) -> Alert:
        """Open an alert that the feed never tells of."""
        async with self.pool.connection() as connection:
            await connection.execute("create rule untold as on insert to alert_change do instead nothing")
            alert = (await self.store.apply(Found(finding=finding))).alert
            await connection.execute("drop rule untold on alert_change")
        assert alert is not None
        return alert


async def with_street(postgres: Postgres, homes: Iterable[Home] = STREET) -> None:
    async with pooled(postgres) as pool:
        await HomeStore(pool).save(Street(homes=tuple(homes)))


@asynccontextmanager
async def centre(folder: Path, postgres: Postgres, kafka: Kafka, **extra: str) -> AsyncIterator[Centre]:
    console, url = start(folder, postgres, kafka, **extra)
    try:
        await until(lambda: ready(console), within=30, what="the console is ready")
        async with pooled(postgres) as pool, producing(kafka) as producer:
            relay = Relay(producer=producer, pool=pool, settings=kafka, holder="tests")
            async with relaying(relay):
                yield Centre(console=console, url=url, store=AlertStore(pool), pool=pool, relay=relay)
    finally:
        console.kill()


def start(folder: Path, postgres: Postgres, kafka: Kafka, **extra: str) -> tuple[Running, str]:
    probe_port, port = loopback_port(), loopback_port()
    environ = {
        **environ_of(postgres, kafka),
        "DOLBOM_SERVICE_PROBE_PORT": str(probe_port),
        "DOLBOM_CONSOLE_PORT": str(port),
        "DOLBOM_CONSOLE_SECURE_COOKIES": "no",
        "DOLBOM_CONSOLE_SESSION_SECRET": SECRET,
        "DOLBOM_CONSOLE_OPERATOR_NAME": NAME,
        "DOLBOM_CONSOLE_SECOND_FACTOR": "off",
        "DOLBOM_CONSOLE_OPERATOR_PASSWORD": PASSWORD,
        **extra,
    }
    port = int(environ["DOLBOM_CONSOLE_PORT"])
    child = Child([sys.executable, "-m", "console"], log=folder / "console.log", environ=environ, cwd=ROOT)
    return Running("console", child, probe_port), f"http://127.0.0.1:{port}"


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[None]:
    """Tell the world of what the console itself changes, as the alerts service does."""
    stopping = asyncio.Event()

    async def turn() -> None:
        while not stopping.is_set():
            await relay.turn()
            try:
                async with asyncio.timeout(0.05):
                    await stopping.wait()
            except TimeoutError:
                continue

    task = asyncio.ensure_future(turn())
    try:
        yield
    finally:
        stopping.set()
        await task


@asynccontextmanager
async def browser_of(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that says of itself what a browser says on a page of ours."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=30) as client:
        yield client


@asynccontextmanager
async def signed_in(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(url) as client:
        answer = await client.post("/sign-in", data={"name": NAME, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield client


async def token_of(client: httpx.AsyncClient) -> str:
    page = (await client.get("/")).text
    return page.split('data-csrf="', 1)[1].split('"', 1)[0]


async def events(
    client: httpx.AsyncClient, after: str, enough: Callable[[list[tuple[str, str, dict[str, object]]]], bool]
) -> list[tuple[str, str, dict[str, object]]]:
    """Read the feed until there is enough of it: (event, id, data)."""
    heard: list[tuple[str, str, dict[str, object]]] = []
    name = mark = ""
    async with asyncio.timeout(60), client.stream("GET", "/console/feed", params={"after": after}) as stream:
        assert stream.status_code == 200
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("id: "):
                mark = line[4:]
            elif line.startswith("data: "):
                heard.append((name, mark, msgspec.json.decode(line[6:], type=dict[str, object])))
                mark = ""
                if enough(heard):
                    return heard
    return heard
