"""The share of this bridge: partitions are entered, left and lost as the leases in the database say."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import psycopg
import structlog

from ingest import metrics
from ingest.bridge.postgres import LeaseStore, NameTaken
from ingest.leases import LEASE_SECONDS, TURN_SECONDS, Decision
from runtime import clock
from runtime.lifecycle import Life

log = structlog.get_logger()

#: A look at the leases that takes longer is given up: we keep what we hold.
_LOOK_SECONDS: Final = 3.0
#: What says that the database is away; anything else is a fault of ours.
AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError)


class Holder(Protocol):
    """Who serves the partitions."""

    @property
    def held(self) -> frozenset[int]:
        """Tell what is served."""

    @property
    def able(self) -> bool:
        """Tell whether gateways can be heard and Kafka takes what they say."""

    def looked(self, *, sure_until: float) -> None:
        """Hear that the leases are known, and until when nobody else can take ours."""

    def enter(self, partition: int) -> None:
        """Begin to serve."""

    async def leave(self, partition: int) -> None:
        """End in good order."""

    def lose(self, partition: int) -> None:
        """End at once: another serves it."""


class Share:
    """Looks at the leases once a second."""

    def __init__(self, store: LeaseStore, holder: Holder, life: Life) -> None:
        self._store = store
        self._holder = holder
        self._life = life
        self._away = False

    async def keep(self, *, after: asyncio.Event) -> None:
        """Do so for ever once the homes are known; raise NameTaken when another process has our name."""
        await after.wait()
        begun = False
        while True:
            self._life.turned("leases")
            begun = begun or await self._reached(self._store.begin)
            if begun:
                await self._look()
            await asyncio.sleep(TURN_SECONDS)

    async def _look(self) -> None:
        asked_at = clock.ticks()
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                decision = await self._store.turn(able=self._holder.able)
        except AWAY as error:
            self._miss(error)
            return
        except NameTaken as taken:
            log.error("bridge_name_taken", mend=str(taken))
            raise
        self._away = False
        self._holder.looked(sure_until=asked_at + LEASE_SECONDS)
        await self._follow(decision)

    async def _follow(self, decision: Decision) -> None:
        wanted, held = decision.keep | decision.take, self._holder.held
        for partition in held - wanted - decision.release:
            log.warning("partition_lost", partition=partition)
            self._holder.lose(partition)
        for partition in wanted - held:
            log.info("partition_taken", partition=partition)
            self._holder.enter(partition)
        for partition in decision.release & held:
            log.info("partition_released", partition=partition)
        await asyncio.gather(*(self._holder.leave(partition) for partition in decision.release & held))
        if decision.release:
            await self._reached(lambda: self._store.release(sorted(decision.release)))
        metrics.partitions.set(len(wanted))

    def _miss(self, error: BaseException) -> None:
        # We keep what we hold: the broker lets only one have a session, so nobody else is disturbed by that.
        if not self._away:
            log.warning("leases_not_reached", error=type(error).__name__)
        self._away = True

    async def _reached(self, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await work()
        except AWAY as error:
            self._miss(error)
            return False
        return True

    async def end(self) -> None:
        """Free everything, so that another bridge need not wait for our silence."""
        await self._reached(self._store.end)
