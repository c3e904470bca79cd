"""From a cry to a push: every sample of an emergency, on the whole stack, with a street talking beside it."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from bench.hops import Way, ways
from bench.samples import Cry, samples, staged, street_of
from contracts import Hazard, HomeId, SensorId
from contracts.values import Motion
from deploy.embedded.stack import Stack
from homes.postgres import HomeStore
from homes.street import Street
from runtime import clock
from runtime.kafka import create_topics
from runtime.postgres import migrate, pooled
from runtime.settings import Settings, load
from simulator.dialects import native
from simulator.household import Sighting
from simulator.mqtt import Line
from simulator.push import Push, Telephone
from simulator.web import serving

#: As in production: history and the console take their share of the machine.
SERVICES: Final = ("ingest", "detectors", "alerts", "history", "console")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is measured."""

    cries: int = 210
    cries_per_second: float = 3.0
    background_per_second: int = 200
    background_homes: int = 200
    #: The street talks so long before the first cry.
    warm_seconds: float = 8.0
    #: A push that has not come so long after the last cry is missing.
    patience_seconds: float = 20.0


@dataclass(frozen=True, kw_only=True)
class Published:
    """A cry on its way."""

    ticks: float
    at: datetime
    hazard: Hazard


@dataclass(kw_only=True)
class Heard:
    """When each cry was published, and when its first push arrived, on one clock."""

    cries: Sequence[Cry] = ()
    published: dict[HomeId, Published] = field(default_factory=dict)
    pushed: dict[HomeId, Push] = field(default_factory=dict)
    #: Readings of other homes beside them.
    background: int = 0
    #: Where each cry was when.
    ways: list[Way] = field(default_factory=list)
    #: Every cry was pushed.
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, push: Push) -> None:
        """Take a push; the first of a cry counts, those of other hazards of its home do not."""
        home, hazard = HomeId(str(push.body.get("home_ref"))), push.body.get("hazard")
        if home in self.published and hazard == self.published[home].hazard:
            self.pushed.setdefault(home, push)
        if len(self.pushed) == len(self.cries):
            self.complete.set()

    def milliseconds(self, name: str | None = None) -> list[float]:
        """Tell how long each pushed cry took, of one sample or of all."""
        mine = [cry.home_id for cry in self.cries if name is None or cry.sample.name == name]
        return [1000 * (self.pushed[home].ticks - self.published[home].ticks) for home in mine if home in self.pushed]

    @property
    def missing(self) -> list[Cry]:
        """The cries that nobody was pushed for."""
        return [cry for cry in self.cries if cry.home_id not in self.pushed]


def prove(plan: Plan) -> Heard:
    """Run it on a fresh embedded stack."""
    with stack_for_once() as stack:
        return asyncio.run(_measured(stack, plan))


@contextmanager
def stack_for_once() -> Iterator[Stack]:
    """Hold a stack whose data end with it."""
    with tempfile.TemporaryDirectory(prefix="dolbom-bench-") as folder:
        # PostgreSQL runs under an account of its own and must reach its folder.
        Path(folder).chmod(0o755)
        with Stack(Path(folder)) as stack:
            yield stack


async def _measured(stack: Stack, plan: Plan) -> Heard:
    heard = Heard()
    async with serving(Telephone(heard.take).app(), port=0) as port:
        webhook = f"http://127.0.0.1:{port}/push"
        invented = street_of(plan.cries + plan.background_homes, webhook=webhook)
        street, heard.cries = staged(invented, samples(), cries=plan.cries)
        await _run(stack, plan, street, heard)
    return heard


async def _run(stack: Stack, plan: Plan, street: Street, heard: Heard) -> None:
    settings = load(stack.environ)
    await import_street(settings, street)
    running = [stack.service(name) for name in SERVICES]
    for service in running:
        await asyncio.to_thread(service.wait_ready, 60.0)
    await _cry(settings, plan, heard, [home.home_id for home in street.homes[plan.cries :]])
    whole = {
        home: (said.at, said.hazard, heard.pushed[home].at)
        for home, said in heard.published.items()
        if home in heard.pushed
    }
    heard.ways = await ways(settings, whole)


async def import_street(settings: Settings, street: Street) -> None:
    """Make the schema and the topics, and let the homes be known."""
    await migrate(settings.postgres)
    await create_topics(settings.kafka)
    async with pooled(settings.postgres) as pool:
        await HomeStore(pool).save(street)


async def _cry(settings: Settings, plan: Plan, heard: Heard, others: Sequence[HomeId]) -> None:
    gateways, street = Line(settings.mqtt, client_id="prove-cries"), Line(settings.mqtt, client_id="prove-street")
    for line in (gateways, street):
        line.open()
        await asyncio.wait_for(line.connected.wait(), 10)
    talking = asyncio.create_task(_talk(street, plan, heard, others))
    await asyncio.sleep(plan.warm_seconds)
    for cry in heard.cries:
        heard.published[cry.home_id] = Published(ticks=clock.ticks(), at=clock.now(), hazard=cry.sample.hazard)
        gateways.say(cry.message)
        await asyncio.sleep(1 / plan.cries_per_second)
    with suppress(TimeoutError):
        await asyncio.wait_for(heard.complete.wait(), plan.patience_seconds)
    talking.cancel()
    for line in (gateways, street):
        await line.close()


async def _talk(line: Line, plan: Plan, heard: Heard, others: Sequence[HomeId]) -> None:
    """Let somebody move in the other homes, evenly, one reading in each message."""
    began = clock.ticks()
    while True:
        due = int((clock.ticks() - began) * plan.background_per_second)
        for number in range(heard.background, due):
            home = others[number % len(others)]
            moved = Sighting(sensor_id=SensorId("motion-living"), at=clock.now(), value=Motion(active=number % 2 == 0))
            line.say(native(home, [moved], session=1, seq=number // len(others) + 1))
        heard.background = max(due, heard.background)
        await asyncio.sleep(0.02)
