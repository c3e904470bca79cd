"""The campaign: presses flow, faults come round by round, and each is timed until everything goes again."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import structlog

from bench.faults.again import say_again
from bench.faults.answering import Underway
from bench.faults.aside import Aside
from bench.faults.furnishing import NotDone
from bench.faults.hands import Hands
from bench.faults.plan import Fault, Kind
from bench.faults.recovery import Done
from bench.faults.seen import Press
from bench.faults.street import Street
from contracts import HomeId, partition_of
from contracts.topics import PARTITIONS
from deploy.embedded.children import NeverCameUp
from runtime import clock
from runtime.settings import Mqtt

log = structlog.get_logger()

#: What is killed is away at once: how long it takes is counted from then, and else from the fault's end.
FROM_THE_BEGIN: Final = frozenset({Kind.KILL, Kind.LEADER, Kind.FAILOVER})
#: What cannot be done at this moment is tried so often.
TRIES: Final = 3


@dataclass(kw_only=True)
class Homes:
    """Whose button can be pressed: a home is free again when its last case was ended. One loop owns it."""

    free: dict[int, list[HomeId]] = field(default_factory=lambda: {number: [] for number in range(PARTITIONS)})

    def put(self, home: HomeId) -> None:
        """Let a home be pressed again."""
        self.free[partition_of(home, partitions=PARTITIONS)].append(home)

    def take(self, partition: int) -> HomeId | None:
        """Take the home of a partition that has waited longest; None: all of them have a case."""
        mine = self.free[partition]
        return mine.pop(0) if mine else None


@dataclass(kw_only=True)
class Campaign:
    """One campaign under way."""

    street: Street
    gateways: Aside
    mqtt: Mqtt
    underway: Underway
    homes: Homes
    hands: Hands
    began: float
    #: A fault that has not recovered within so long never will, as far as is waited for.
    patience: float = 60.0

    @property
    def now(self) -> float:
        """Seconds since the campaign began."""
        return clock.ticks() - self.began

    async def press_all_the_time(self, per_second: float) -> None:
        """Press one home after the other, the partitions in turn, until cancelled."""
        turn = 0
        while True:
            await self.press(turn % PARTITIONS)
            turn += 1
            await asyncio.sleep(1 / per_second)

    async def press(self, partition: int) -> Press | None:
        """Press a home of a partition; None when each of them has a case."""
        home = self.homes.take(partition)
        if home is None:
            return None
        return self._underway(await self.gateways.call(lambda: self.street.press(home)))

    async def rounds(self, plan: Sequence[Fault], tell: Callable[[Done], None], *, until: float) -> None:
        """Do the faults of each round together, and the next round when they have recovered."""
        for number in dict.fromkeys(fault.round for fault in plan):
            if self.now > until:
                break
            mine = [self.fault(fault) for fault in plan if fault.round == number]
            for each in asyncio.as_completed(mine):
                tell(await each)

    async def fault(self, fault: Fault) -> Done:
        """Do one fault, and wait until presses that are made after it are pushed in every partition."""
        await asyncio.sleep(fault.after_seconds)
        began_at, before, struck = self.now, len(self.street.presses), asyncio.Event()
        work = asyncio.create_task(self._done(fault, struck))
        recovering: asyncio.Task[float | None] | None = None
        await self._either(work, struck)
        if fault.kind in FROM_THE_BEGIN:
            recovering = asyncio.create_task(self._recovered(self.now))
        else:
            await self.press(fault.number % PARTITIONS)
        failed, ended_at = await work, self.now
        if recovering is None:
            recovering = asyncio.create_task(self._recovered(ended_at))
        presses = len(self.street.presses) - before
        return Done(
            fault=fault,
            began_at=began_at,
            ended_at=ended_at,
            recovered_after=await recovering,
            failed=failed,
            presses=presses,
        )

    async def _either(self, work: "asyncio.Task[str]", struck: asyncio.Event) -> None:
        """Wait until it is broken, or until it turns out that it cannot be."""
        waiting = asyncio.create_task(struck.wait())
        await asyncio.wait((work, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def _done(self, fault: Fault, struck: asyncio.Event) -> str:
        why = ""
        for _ in range(TRIES):
            try:
                await self._do(fault, struck)
            except (NotDone, NeverCameUp, OSError) as error:
                why = str(error)[-400:] or type(error).__name__
                log.warning("fault_not_done", number=fault.number, kind=fault.kind, target=fault.target, why=why)
                await asyncio.sleep(2)
            else:
                return ""
        return why

    async def _do(self, fault: Fault, struck: asyncio.Event) -> None:
        match fault.kind:
            case Kind.DOUBLED:
                await self._doubled(dup=fault.way == "dup")
            case Kind.REORDERED:
                await self._reordered()
            case _:
                await self.hands.do(fault, struck.set)

    async def _doubled(self, *, dup: bool) -> None:
        """Press in every partition, and let each press be said three times more beside its gateway."""
        said = []
        for home in self._one_of_each():
            press, message = await self.gateways.call(partial(self.street.press_and_show, home))
            self._underway(press)
            said.append(message)
        await say_again(self.mqtt, said, times=3, dup=dup)

    async def _reordered(self) -> None:
        for home in self._one_of_each():
            self._underway(await self.gateways.call(partial(self.street.press_disordered, home)))

    def _one_of_each(self) -> list[HomeId]:
        homes = [home for number in range(PARTITIONS) if (home := self.homes.take(number)) is not None]
        if not homes:
            raise NotDone("every home has a case")
        return homes

    async def _recovered(self, moment: float) -> float | None:
        """Press in every partition now; tell how long after the moment the last of them was pushed."""
        pressed = [press for number in range(PARTITIONS) if (press := await self._pressed(number)) is not None]
        while self.now < moment + self.patience:
            pushed = [self.underway.pushed(press.reading_id) for press in pressed]
            if all(pushed) and len(pressed) == PARTITIONS:
                return max(tick for tick in pushed if tick is not None) - self.began - moment
            await asyncio.sleep(0.1)
        return None

    async def _pressed(self, partition: int) -> Press | None:
        for _ in range(100):
            if (press := await self.press(partition)) is not None:
                return press
            await asyncio.sleep(0.2)
        return None

    def _underway(self, press: Press) -> Press:
        self.underway.presses[HomeId(press.home_id)] = press.reading_id
        return press


def shortened(plan: Sequence[Fault], most_seconds: float) -> tuple[Fault, ...]:
    """Let no fault last longer than this."""
    return tuple(replace(fault, lasts_seconds=min(fault.lasts_seconds, most_seconds)) for fault in plan)
