"""A town for the journeys: the whole stack, its homes, a telephone that all are pushed at, and a gateway line."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from contracts import HomeId, SensorId, Value
from contracts.values import HelpButton
from deploy.embedded.stack import Running, Stack
from deploy.roles.service import make as make_roles
from homes.model import Home, Policy, PolicyStep, ResponderKind
from homes.postgres import HomeStore
from runtime import clock
from runtime.kafka import create_topics
from runtime.lifecycle import Life
from runtime.postgres import migrate, pooled
from runtime.settings import Settings, load
from simulator.dialects import Message, native
from simulator.household import Sighting
from simulator.mqtt import Line
from simulator.neighbourhood import neighbourhood
from simulator.push import Push, Telephone
from simulator.web import serving
from tests.until import until

SERVICES: Final = ("ingest", "detectors", "alerts", "history", "console")
#: The next person is called after two seconds, so that a test sees it.
IMPATIENT: Final = Policy(
    policy_id="impatient",
    name="impatient",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),
        PolicyStep(after_seconds=2, kinds=(ResponderKind.VOLUNTEER,)),
        PolicyStep(after_seconds=2, kinds=(ResponderKind.RESPONDER_TEAM,)),
    ),
    repeat_every_seconds=60,
)


@dataclass(kw_only=True)
class Town:
    """The running whole, as a test uses it."""

    stack: Stack
    settings: Settings
    homes: tuple[Home, ...]
    line: Line
    pushes: list[Push]
    running: dict[str, Running] = field(default_factory=dict)
    said: int = 0

    def start(self, *names: str) -> None:
        """Start services, again if they had ended."""
        for name in names:
            self.running[name] = self.stack.service(name)

    async def ready(self, within: float = 60.0) -> None:
        """Wait until every service can do its work."""
        for running in self.running.values():
            await asyncio.to_thread(running.wait_ready, within)

    def say(self, home_id: HomeId, value: Value, sensor: str = "help-bedroom") -> "asyncio.Future[float]":
        """Let a home say something now."""
        self.said += 1
        seen = Sighting(sensor_id=SensorId(sensor), at=clock.now(), value=value)
        return self.line.say(native(home_id, [seen], session=1, seq=self.said))

    def press(self, home_id: HomeId) -> "asyncio.Future[float]":
        """Press a home's help button."""
        return self.say(home_id, HelpButton())

    def publish(self, topic: str, payload: bytes) -> "asyncio.Future[float]":
        """Publish anything at all."""
        return self.line.say(Message(topic=topic, payload=payload))

    def pushes_for(self, home_id: HomeId) -> list[Push]:
        """Tell what was pushed for a home so far."""
        return [push for push in self.pushes if push.body.get("home_ref") == home_id]

    def pushed_homes(self) -> set[object]:
        """Tell for which homes somebody was pushed."""
        return {push.body.get("home_ref") for push in self.pushes}

    async def alerts(self, hazard: str = "help") -> dict[str, int]:
        """Count the alerts of each home, by the database."""
        rows = await self.ask("select home_id, count(*) from alert where hazard = %s group by home_id", hazard)
        return {str(home): int(str(count)) for home, count in rows}

    async def state_of(self, home_id: HomeId) -> str:
        """Tell the state of a home's alert."""
        rows = await self.ask("select state from alert where home_id = %s and hazard = 'help'", home_id)
        return str(rows[0][0]) if rows else "none"

    async def ask(self, question: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database."""
        async with await psycopg.AsyncConnection.connect(self.settings.postgres.dsn.reveal()) as connection:
            return await (await connection.execute(sql.SQL(question), values)).fetchall()

    async def rest(self, seconds: float) -> None:
        """Let time pass between two presses: a rhythm, not a wait for a fact."""
        await Life().rest(seconds)


@asynccontextmanager
async def town(
    homes: int,
    *services: str,
    environ: Mapping[str, str] | None = None,
    policy: Policy = IMPATIENT,
    roles: bool = False,
) -> AsyncIterator[Town]:
    """Hold a town: brokers up, homes known, services ready; its end ends all of it."""
    pushes: list[Push] = []
    with _folder() as folder, Stack(folder, environ or {}, durable=False) as stack:
        settings = load(stack.environ)
        line = Line(settings.mqtt, client_id="journey")
        async with serving(Telephone(pushes.append).app(), port=0) as port:
            known = await _settled(settings, homes, f"http://127.0.0.1:{port}/push", policy)
            if roles:
                made = await asyncio.to_thread(make_roles, settings.postgres, folder / "addresses")
                stack.addresses = {role.removeprefix("dolbom_"): address.reveal() for role, address in made.items()}
            built = Town(stack=stack, settings=settings, homes=known, line=line, pushes=pushes)
            built.start(*(services or SERVICES))
            line.open()
            await built.ready()
            await until(line.connected.is_set, what="the gateways' line")
            try:
                yield built
            finally:
                await line.close()
                stack.stop()


async def _settled(settings: Settings, homes: int, webhook: str, policy: Policy) -> tuple[Home, ...]:
    await migrate(settings.postgres)
    await create_topics(settings.kafka)
    street = neighbourhood(homes, seed=4, webhook=webhook)
    street = replace(street, policies=(policy,), homes=tuple(replace(home, policy=policy) for home in street.homes))
    async with pooled(settings.postgres) as pool:
        await HomeStore(pool).save(street)
    return street.homes


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that the servers' own account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="dolbom-journey-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
