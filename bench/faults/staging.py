"""One campaign on a running cluster: homes move in, telephones ring, faults come, and at the end all is read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import psycopg
import structlog
from aiokafka.errors import KafkaError

from bench.faults import records
from bench.faults.answering import Operator, Underway
from bench.faults.aside import Aside
from bench.faults.asked import Asked, Outcome
from bench.faults.campaign import Campaign, Homes
from bench.faults.furnishing import Clocks, Disks
from bench.faults.hands import Hands, Supervisor
from bench.faults.history import check
from bench.faults.recovery import Done
from bench.faults.seen import History
from bench.faults.street import Street
from bench.prove import import_street
from contracts import HomeId, WatchPlan
from deploy.cluster import Cluster
from runtime import clock
from runtime.settings import Settings
from simulator.neighbourhood import neighbourhood
from simulator.push import Push, Telephone
from simulator.web import serving

log = structlog.get_logger()

#: The least that a home may be asked for: half an hour without a movement, where somebody moves twice a minute.
_STILL_FOR: Final = 1800
_READS: Final = 8

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The cluster, and what it is broken with."""

    cluster: Cluster
    clocks: Clocks
    disks: Disks
    release: Path | None


@dataclass(kw_only=True)
class _Life:
    """What lives beside the faults."""

    stage: Stage
    settings: Settings
    phones: Aside
    gateways: Aside
    underway: Underway = field(default_factory=Underway)
    homes: Homes = field(default_factory=Homes)

    async def street(self, asked: Asked, webhook: str) -> Street:
        """Let the homes be known, and their gateways be made."""
        invented = neighbourhood(asked.homes, seed=asked.seed, webhook=webhook)
        watched = WatchPlan(inactivity_caution_seconds=_STILL_FOR)
        invented = replace(invented, homes=tuple(replace(home, plan=watched) for home in invented.homes))
        await import_street(self.settings, invented)
        known: list[HomeId] = [home.home_id for home in invented.homes]
        for home in known:
            self.homes.put(home)
        began, session = clock.ticks(), int(clock.now().timestamp() * 1000)
        return await self.gateways.call(lambda: Street(self.settings.mqtt, known, session=session, began=began))

    def campaign(self, street: Street, supervisor: Supervisor, patience: float) -> Campaign:
        """Bring everything together."""
        hands = Hands(
            self.stage.cluster,
            supervisor,
            settings=self.settings,
            clocks=self.stage.clocks,
            disks=self.stage.disks,
            release=self.stage.release,
        )
        return Campaign(
            street=street,
            gateways=self.gateways,
            mqtt=self.settings.mqtt,
            underway=self.underway,
            homes=self.homes,
            hands=hands,
            began=street.began,
            patience=patience,
        )


async def lived_through(
    asked: Asked, stage: Stage, outcome: Outcome, tell: Tell, done: Callable[[Done, int], None]
) -> None:
    """Live through the whole plan, and write into `outcome` what came of it."""
    with Aside("telephones") as phones, Aside("gateways") as gateways:
        life = _Life(stage=stage, settings=stage.cluster.settings(), phones=phones, gateways=gateways)
        async with _a_telephone(life) as webhook:
            street = await life.street(asked, webhook)
            supervisor = Supervisor(stage.cluster)
            campaign = life.campaign(street, supervisor, asked.patience)
            living = gateways.begin(street.live())
            operator = Operator(life.settings.postgres, life.underway, freed=life.homes.put)
            try:
                async with _beside(supervisor.watch(), operator.work()):
                    await _faults(asked, campaign, outcome, tell, done)
                    tell("all faults are over; what is on its way comes home")
                    stage.cluster.network.heal()
                    await _settled(campaign, asked.settle, tell)
                    outcome.history = await _read(life, street)
            finally:
                living.cancel()
                outcome.restarts, outcome.seconds = supervisor.restarts, campaign.now
    outcome.verdict = check(outcome.history)


async def _faults(
    asked: Asked, campaign: Campaign, outcome: Outcome, tell: Tell, done: Callable[[Done, int], None]
) -> None:
    async with _beside(campaign.press_all_the_time(asked.presses_per_second)):
        await asyncio.sleep(asked.warm)
        tell(f"{asked.homes} homes live, {len(campaign.street.presses)} presses so far; faults begin")

        def told(each: Done) -> None:
            outcome.done.append(each)
            done(each, len(campaign.street.presses))

        await campaign.rounds(outcome.plan, told, until=asked.minutes * 60)


async def _settled(campaign: Campaign, within: float, tell: Tell) -> None:
    """Wait, bounded, until every press was ended by the operator."""
    deadline, told_at = campaign.now + within, campaign.now
    while campaign.underway.presses and campaign.now < deadline:
        if campaign.now - told_at > 10:
            told_at = campaign.now
            tell(f"{len(campaign.underway.presses)} presses are on their way, {campaign.street.held} messages held")
        await asyncio.sleep(0.5)
    # What was told again meanwhile must not open anything either.
    await asyncio.sleep(5)


async def _read(life: _Life, street: Street) -> History:
    for left in reversed(range(_READS)):
        try:
            told = await records.history(life.settings, street.presses, life.underway.pushes, began=street.began)
            # The history service may be behind: it is nobody's alarm.
            if not left or {press.reading_id for press in street.presses} <= set(told.recorded):
                return told
        except (KafkaError, psycopg.Error, OSError) as error:
            log.warning("history_not_read", error=type(error).__name__)
            if not left:
                raise
        await asyncio.sleep(5)
    return History()


@asynccontextmanager
async def _a_telephone(life: _Life) -> AsyncIterator[str]:
    """Let every responder's telephone ring beside us; hand out where."""
    loop, address = asyncio.get_running_loop(), life.stage.cluster.hosts["home"].address

    def take(push: Push) -> None:
        loop.call_soon_threadsafe(life.underway.take, push)

    served = serving(Telephone(take).app(), port=0, host=address)
    port = await life.phones.do(served.__aenter__())
    try:
        yield f"http://{address}:{port}/push"
    finally:
        await life.phones.do(served.__aexit__(None, None, None))


@asynccontextmanager
async def _beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let coroutines run while the block does; one that fails fails the campaign."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
