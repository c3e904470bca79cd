"""The hands that break the cluster, and a supervisor that starts again what died, as systemd and Kubernetes do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psycopg
import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from bench.faults.furnishing import Clocks, Disks, NotDone
from bench.faults.plan import Fault, Kind
from bench.faults.poison import poison
from contracts.topics import ALL_TOPICS
from deploy.cluster import Cluster
from deploy.embedded.children import NeverCameUp
from deploy.embedded.stack import ROOT
from runtime.kafka import producing, security_of
from runtime.settings import Settings

log = structlog.get_logger()

BROKERS: Final = ("kafka-1", "kafka-2", "kafka-3")
_READY_WITHIN: Final = 90.0

#: Told when it is broken: until then nothing is counted.
Struck = Callable[[], None]


class Supervisor:
    """Starts again whatever ended, except what is held down on purpose."""

    def __init__(self, cluster: Cluster) -> None:
        """Look after this cluster."""
        self._cluster = cluster
        self._held: dict[str, int] = {}
        #: How often each part was started again.
        self.restarts: dict[str, int] = {}

    def hold(self, name: str) -> None:
        """Leave a part alone; whoever holds it lets it go again."""
        self._held[name] = self._held.get(name, 0) + 1

    def let_go(self, name: str) -> None:
        """Look after a part again."""
        self._held[name] -= 1

    async def watch(self) -> None:
        """Look after all parts until cancelled."""
        while True:
            for name, part in self._cluster.parts.items():
                if not part.alive and not self._held.get(name):
                    self.restarts[name] = self.restarts.get(name, 0) + 1
                    await self._start(name)
            await asyncio.sleep(0.5)

    async def _start(self, name: str) -> None:
        try:
            await asyncio.to_thread(self._cluster.parts[name].start)
        except (NeverCameUp, OSError, psycopg.Error) as error:
            log.warning("not_started", part=name, error=str(error)[-300:])


class Hands:
    """Does each fault, from its begin to its end."""

    def __init__(
        self,
        cluster: Cluster,
        supervisor: Supervisor,
        *,
        settings: Settings,
        clocks: Clocks,
        disks: Disks,
        release: Path | None,
    ) -> None:
        """Take what there is to break with."""
        self._cluster, self._supervisor, self._settings = cluster, supervisor, settings
        self._clocks, self._disks, self._release = clocks, disks, release
        self._ways: Mapping[Kind, Callable[[Fault, Struck], Awaitable[None]]] = {
            Kind.KILL: lambda fault, struck: self._kill(fault, struck, fault.target),
            Kind.PAUSE: self._pause,
            Kind.LEADER: self._leader,
            Kind.MIN_ISR: self._all_but_one,
            Kind.CUT: self._cut,
            Kind.SLOW: self._slow,
            Kind.DISK_KAFKA: lambda fault, struck: self._disk(fault, struck, fault.target),
            Kind.DISK_POSTGRES: self._disk_postgres,
            Kind.FAILOVER: self._failover,
            Kind.CLOCK: self._clock,
            Kind.POISON: self._poison,
            Kind.UPGRADE: self._upgrade,
        }

    async def do(self, fault: Fault, struck: Struck) -> None:
        """Break, say so, wait, mend; raise NotDone when it could not be done."""
        await self._ways[fault.kind](fault, struck)

    @asynccontextmanager
    async def _held(self, *names: str) -> AsyncIterator[None]:
        for name in names:
            self._supervisor.hold(name)
        try:
            yield
        finally:
            for name in names:
                self._supervisor.let_go(name)

    async def _kill(self, fault: Fault, struck: Struck, *names: str) -> None:
        async with self._held(*names):
            for name in names:
                await asyncio.to_thread(self._cluster.parts[name].kill)
            struck()
            await asyncio.sleep(fault.lasts_seconds)

    async def _all_but_one(self, fault: Fault, struck: Struck) -> None:
        await self._kill(fault, struck, *(name for name in BROKERS if name != fault.target))

    async def _pause(self, fault: Fault, struck: Struck) -> None:
        part = self._cluster.parts[fault.target]
        await asyncio.to_thread(part.pause)
        struck()
        try:
            await asyncio.sleep(fault.lasts_seconds)
        finally:
            await asyncio.to_thread(part.resume)

    async def _leader(self, fault: Fault, struck: Struck) -> None:
        await self._kill(fault, struck, await self._leader_of(fault.target, fault.number))

    async def _leader_of(self, topic: str, number: int) -> str:
        admin = AIOKafkaAdminClient(**security_of(self._settings.kafka), request_timeout_ms=10_000)
        try:
            await admin.start()
            (told,) = await admin.describe_topics([self._settings.kafka.topic_prefix + topic])
        except (KafkaError, OSError) as error:
            raise NotDone(f"nobody tells who leads {topic}: {type(error).__name__}") from error
        finally:
            await admin.close()
        leaders = [place["leader"] for place in sorted(told["partitions"], key=lambda place: int(place["partition"]))]
        leader = leaders[number % len(leaders)]
        if leader < 0:
            raise NotDone(f"nobody leads {topic}")
        return f"kafka-{leader}"

    async def _cut(self, fault: Fault, struck: Struck) -> None:
        one, other = fault.target.split("|")
        await asyncio.to_thread(self._cluster.network.cut, one, other)
        struck()
        try:
            await asyncio.sleep(fault.lasts_seconds)
        finally:
            await asyncio.to_thread(self._cluster.network.mend, one, other)

    async def _slow(self, fault: Fault, struck: Struck) -> None:
        one, other = fault.target.split("|")
        delay_ms = float(fault.way.removesuffix("ms"))
        await asyncio.to_thread(lambda: self._cluster.network.slow(one, other, delay_ms=delay_ms, kbit=2_000))
        struck()
        try:
            await asyncio.sleep(fault.lasts_seconds)
        finally:
            await asyncio.to_thread(self._cluster.network.mend, one, other)

    async def _disk(self, fault: Fault, struck: Struck, name: str) -> None:
        await asyncio.to_thread(self._disks.fill, name)
        struck()
        try:
            await asyncio.sleep(fault.lasts_seconds)
        finally:
            await asyncio.to_thread(self._disks.empty, name)

    async def _disk_postgres(self, fault: Fault, struck: Struck) -> None:
        await self._disk(fault, struck, await asyncio.to_thread(self._cluster.primary))

    async def _failover(self, fault: Fault, struck: Struck) -> None:
        primary = await asyncio.to_thread(self._cluster.primary)
        other = next(name for name in ("postgres-1", "postgres-2") if name != primary)
        async with self._held(primary, other):
            await asyncio.to_thread(self._cluster.parts[primary].kill)
            struck()
            await asyncio.sleep(fault.lasts_seconds)
            await asyncio.to_thread(self._cluster.promote, other)
            await asyncio.to_thread(self._cluster.rejoin, primary)

    async def _clock(self, fault: Fault, struck: Struck) -> None:
        self._clocks.step(fault.target, fault.way)
        struck()
        try:
            await asyncio.sleep(fault.lasts_seconds)
        finally:
            self._clocks.step(fault.target, "+0")

    async def _poison(self, fault: Fault, struck: Struck) -> None:
        struck()
        key, value = poison(fault.target, fault.way)
        topic = next(topic for topic in ALL_TOPICS if topic.name == fault.target)
        try:
            async with asyncio.timeout(60), producing(self._settings.kafka) as producer:
                for partition in range(topic.partitions):
                    name = self._settings.kafka.topic_prefix + topic.name
                    await producer.send_and_wait(name, value, key=key, partition=partition)
        except (KafkaError, TimeoutError) as error:
            raise NotDone(f"Kafka did not take it: {type(error).__name__}") from error

    async def _upgrade(self, fault: Fault, struck: Struck) -> None:
        """Run both copies from the other release, one beside ours for a while, and bring them forward one by one."""
        if self._release is None:
            raise NotDone("no other release is here")
        names = [f"{fault.target}-{number}" for number in (1, 2)]
        struck()
        async with self._held(*names):
            for source in (self._release, ROOT):
                for name in names:
                    await asyncio.to_thread(self._replaced, name, source)
                    await asyncio.sleep(fault.lasts_seconds)

    def _replaced(self, name: str, source: Path) -> None:
        part = self._cluster.parts[name]
        part.stop()
        part.start(source)
        try:
            part.wait_ready(_READY_WITHIN)
        except NeverCameUp as error:
            part.kill()
            part.start(ROOT)
            raise NotDone(f"{name} of {source.name}: {str(error)[-400:]}") from error
