"""The loads of one city: steps until it gives way, shares of that, and more than it bears."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bench.load.journey import Journey
from bench.load.processes import Used
from bench.load.samples import Moment, Waiting, drained_after, finished, grows, offered, peaks
from runtime import clock

#: What waits is gone within so long, or the level has failed.
_DRAINS_SECONDS: Final = 90.0
#: A push that has not come so long after the last press is missing.
_PATIENCE_SECONDS: Final = 30.0
_STEP: Final = 1.4

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Level:
    """What came of one load."""

    name: str
    per_second: float
    #: What was really said, and what went the whole way, in a second.
    offered: float
    finished: float
    seconds: float
    grew: bool
    readings: int
    waited: Waiting
    #: The longest that a message waited in the bridge, and how far both ends said they were behind.
    bridge_seconds: float
    detectors_seconds: float
    history_seconds: float
    pauses: int
    #: The broker had no room for so many, so the generator kept them to itself.
    missed: int
    drained_seconds: float | None
    presses: int
    #: Milliseconds from saying a press to its finding, and to its push.
    found: tuple[float, ...]
    pushed: tuple[float, ...]
    #: Processor seconds and bytes written to the disk by each process, in a second of the level.
    cpu: Mapping[str, float]
    written: Mapping[str, float]
    megabytes: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Search:
    """Where it saturates."""

    #: The highest rate at which nothing heaped up.
    per_second: float
    steps: tuple[Level, ...]

    @property
    def gave_way(self) -> Level | None:
        """Tell the lowest level at which something heaped up."""
        return min((step for step in self.steps if step.grew), key=lambda step: step.per_second, default=None)


async def search(journey: Journey, *, begin: float, most: float, seconds: float, say: Say) -> Search:
    """Step the rate up until the backlog grows, then try once between; each step begins with nothing waiting."""
    steps: list[Level] = []
    rate = begin
    while rate <= most:
        steps.append(await level(journey, "step", rate, seconds=seconds, say=say))
        if steps[-1].grew:
            break
        rate *= _STEP
    if steps[-1].grew:
        steady = max((step.per_second for step in steps if not step.grew), default=rate / 2)
        steps.append(await level(journey, "step", (steady + rate) / 2, seconds=seconds, say=say))
    steadily = [step.offered for step in steps if not step.grew]
    # Where not even the first was borne, what came out at the end is all there is to say.
    return Search(per_second=max(steadily, default=min(step.finished for step in steps)), steps=tuple(steps))


async def level(
    journey: Journey, name: str, per_second: float, *, seconds: float, presses: float = 0.0, say: Say
) -> Level:
    """Offer one rate for so long, with presses among it, and wait until nothing is left over."""
    say(f"{name}: {per_second:,.0f} readings a second for {seconds:.0f} s")
    pressed, before, began = set(journey.flow.presses), journey.processes(), clock.ticks()
    order = journey.flow.order(per_second, seconds, presses_per_second=presses)
    moments = await journey.watched(asyncio.create_task(order))
    after, took = journey.processes(), clock.ticks() - began
    drain = await journey.drained(within=_DRAINS_SECONDS, say=say)
    mine = {home: at for home, at in journey.flow.presses.items() if home not in pressed}
    await _pushed(journey, mine)
    whole = [*moments, *drain]
    return Level(
        name=name,
        per_second=per_second,
        offered=offered(moments),
        finished=finished(moments),
        seconds=took,
        grew=grows(moments),
        readings=moments[-1].said - moments[0].said,
        waited=peaks(whole),
        bridge_seconds=max(moment.bridge_seconds for moment in whole),
        detectors_seconds=max(moment.detectors_seconds for moment in whole),
        history_seconds=max(moment.history_seconds for moment in whole),
        pauses=whole[-1].pauses - whole[0].pauses,
        missed=journey.flow.said.missed,
        drained_seconds=drained_after(drain),
        presses=len(mine),
        found=_milliseconds(mine, journey.found.get),
        pushed=_milliseconds(mine, journey.pushed_at),
        cpu=_each(before, after, lambda used: used.cpu_seconds, took),
        written=_each(before, after, lambda used: float(used.written_bytes), took),
        megabytes={process: used.megabytes for process, used in after.items()},
    )


async def _pushed(journey: Journey, presses: Mapping[str, float]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while any(journey.pushed_at(home) is None for home in presses):
                journey.calls.came.clear()
                await journey.calls.came.wait()


def _milliseconds(presses: Mapping[str, float], when: Callable[[str], float | None]) -> tuple[float, ...]:
    return tuple(1000 * (at - said) for home, said in presses.items() if (at := when(home)) is not None)


def _each(
    before: Mapping[str, Used], after: Mapping[str, Used], of: Callable[[Used], float], seconds: float
) -> dict[str, float]:
    return {name: (of(used) - of(before[name])) / seconds for name, used in after.items()}


def pooled(levels: Sequence[Level]) -> tuple[float, ...]:
    """Put the times to a push of several levels together."""
    return tuple(took for each in levels for took in each.pushed)


__all__ = ["Level", "Moment", "Search", "level", "pooled", "search"]
