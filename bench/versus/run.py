"""What is done to each: cries beside a talking street, a burst, and kill -9 in the midst of cries."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from bench.machine import percentile
from bench.versus.burst import Burst, burst
from bench.versus.ground import Ground
from bench.versus.street import Cast, Cry, Gateways
from bench.versus.team import Team
from deploy.embedded.children import Child, NeverCameUp
from runtime import clock
from simulator.mqtt import Line

_TICK_SECONDS: Final = 0.02
#: A contestant that has not called for a probing cry by then does not run.
READY_SECONDS: Final = 75.0
#: A supervisor starts again what ended so long ago.
REVIVED_AFTER_SECONDS: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much of everything."""

    homes: int = 50
    readings_per_second: int = 100
    cries: int = 60
    cries_per_second: float = 5.0
    #: Cries that the gateway says twice.
    twice: int = 10
    still: int = 3
    burst: int = 20_000
    #: One reading of the burst in so many is followed by a cry.
    cry_every: int = 1_000
    #: Half of them in the midst of each kill.
    killed: int = 120
    killed_per_second: float = 10.0
    #: Also as it is, and not only while Kafka hangs.
    killed_twice: bool = True
    #: A call that has not come so long after the last cry has not come; after a kill, so long.
    patience_seconds: float = 15.0
    settled_seconds: float = 60.0
    #: Silence for so long is the end, too: the slowest group gives a dead member up after 30 s.
    quiet_seconds: float = 35.0

    @property
    def fresh_homes(self) -> int:
        """Count the homes that cry; some are probes."""
        return PROBES + self.cries + self.twice + self.still + self.burst // self.cry_every + self.killed


PROBES: Final = 60


@dataclass(kw_only=True)
class Heard:
    """Some cries, when each was published, and what came of them."""

    cries: Sequence[Cry] = ()
    published: dict[tuple[str, str], float] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0

    @property
    def told(self) -> int:
        """Count the cries that somebody was called for."""
        return len(self.milliseconds)

    def took(self, share: float) -> float:
        """Tell how long this share did not exceed."""
        return percentile(self.milliseconds, share)


class Stage:
    """One contestant on the ground, with its gateways."""

    def __init__(self, ground: Ground, team: Team, plan: Plan, kafka: Child | None) -> None:
        """Take what there is; the gateways open their line in `talking`."""
        self.ground, self.team, self.plan = ground, team, plan
        self._kafka = kafka
        self.gateways, self.cast = Gateways(), Cast(ground.street, plan.homes)
        self._line: Line | None = None

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Open the line, and let somebody move in some homes meanwhile."""
        line = self._line = Line(self.ground.mqtt, client_id="versus-street")
        line.open()
        await asyncio.wait_for(line.connected.wait(), 10)
        task = asyncio.create_task(self._talk(line))
        try:
            yield
        finally:
            task.cancel()
            await line.close()

    async def ready(self, *, by_a_cry: bool) -> None:
        """Return when its processes say so, and a probing cry came through where one may be sent."""
        while not by_a_cry:
            if await asyncio.to_thread(self.team.ready):
                return
            await asyncio.sleep(0.5)
        probes = iter(self.cast.cries(PROBES))
        sent: list[Cry] = []
        until = clock.ticks() + READY_SECONDS
        while not any(cry.case in self.ground.receiver.first for cry in sent):
            if clock.ticks() > until or not self.team.alive:
                raise NeverCameUp(f"no call for a probe within {READY_SECONDS:g} s\n{self.team.tail()}")
            if await asyncio.to_thread(self.team.ready) and len(sent) < PROBES:
                sent.append(next(probes))
                self._cry(sent[-1], {})
            await asyncio.sleep(1.0)

    async def latency(self, patience: float) -> tuple[Heard, Heard, Heard]:
        """Let homes cry: once, said twice, and by saying nothing for long."""
        plan = self.plan
        once, twice = self.cast.cries(plan.cries), self.cast.cries(plan.twice, times=2)
        still = self.cast.stillnesses(plan.still)
        published = await self._say([*once, *twice, *still], plan.cries_per_second)
        await self._until_called([*once, *twice, *still], patience, patience)
        # What is said twice may be called for twice, a little later.
        await asyncio.sleep(2.0)
        return self._heard(once, published), self._heard(twice, published), self._heard(still, published)

    async def burst(self) -> tuple[Burst, Heard]:
        """Let the homes say very much at once."""
        cries = self.cast.cries(self.plan.burst // self.plan.cry_every)
        published: dict[tuple[str, str], float] = {}
        homes = self.cast.background
        done = await burst(self.ground.mqtt, self.team, self.gateways, homes, self.plan.burst, cries, published)
        await self._until_called(cries, self.plan.patience_seconds, 2 * self.plan.patience_seconds)
        return done, self._heard(cries, published)

    async def killed(self, *, hanging: bool) -> Heard:
        """Kill all its workers in the midst of cries, as it is or while Kafka hangs, and start them again."""
        cries = self.cast.cries(self.plan.killed // 2)
        middle = len(cries) / self.plan.killed_per_second / 3
        fault = asyncio.create_task(self._fault(middle, hanging))
        published = await self._say(cries, self.plan.killed_per_second)
        await fault
        await self._until_called(cries, self.plan.quiet_seconds, self.plan.settled_seconds)
        # What was called for before its death may be called for again.
        await asyncio.sleep(1.0)
        return self._heard(cries, published)

    async def _fault(self, after: float, hanging: bool) -> None:
        await asyncio.sleep(after)
        if hanging and self._kafka:
            self._kafka.send(signal.SIGSTOP)
            await asyncio.sleep(0.5)
        self.team.kill()
        await asyncio.sleep(REVIVED_AFTER_SECONDS)
        if hanging and self._kafka:
            self._kafka.send(signal.SIGCONT)
        self.team.revive()

    async def _say(self, cries: Sequence[Cry], per_second: float) -> dict[tuple[str, str], float]:
        published: dict[tuple[str, str], float] = {}
        began = clock.ticks()
        for number, cry in enumerate(cries):
            await asyncio.sleep(max(0.0, began + number / per_second - clock.ticks()))
            self._cry(cry, published)
        return published

    def _cry(self, cry: Cry, published: dict[tuple[str, str], float]) -> None:
        if self._line is None:
            return
        for message in self.gateways.cry(cry, clock.now()):
            for _ in range(cry.times):
                published[cry.case] = clock.ticks()
                self._line.say(message)

    async def _talk(self, line: Line) -> None:
        began, said, homes = clock.ticks(), 0, self.cast.background
        while True:
            due = int((clock.ticks() - began) * self.plan.readings_per_second)
            for number in range(said, due):
                home = homes[number % len(homes)]
                line.say(self.gateways.moved(home, clock.now(), active=number // len(homes) % 2 == 0))
            said = max(said, due)
            await asyncio.sleep(_TICK_SECONDS)

    async def _until_called(self, cries: Sequence[Cry], quiet: float, most: float) -> None:
        """Return when all were called for, when nothing has come for long, or when it takes too long."""
        began, receiver = clock.ticks(), self.ground.receiver
        while not all(cry.case in receiver.first for cry in cries):
            now = clock.ticks()
            if now - max(began, receiver.latest) > quiet or now - began > most:
                return
            await asyncio.sleep(0.05)

    def _heard(self, cries: Sequence[Cry], published: dict[tuple[str, str], float]) -> Heard:
        first = self.ground.receiver.first
        cases = [cry.case for cry in cries]
        return Heard(
            cries=cries,
            published=published,
            milliseconds=[1000 * (first[case] - published[case]) for case in cases if case in first],
            lost=sum(case not in first for case in cases),
            doubled=sum(self.ground.receiver.doubled(case) for case in cases),
        )
