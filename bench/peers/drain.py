"""Drain a backlog: what each contestant needs of the processor for what waited for it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.peers.arena import Arena, Publisher, peak_megabytes, processor_seconds
from bench.peers.contestants import Contestant, Numbered, records
from deploy.embedded.children import Child, NeverCameUp
from runtime.kafka import consuming

#: A contestant that moves nothing for so long will not move the rest.
PATIENCE_SECONDS = 20.0
#: A start takes about so long, and what was acknowledged last is settled after so long.
START_SECONDS, IDLE_SECONDS = 3.0, 1.0


#: paho numbers what it has under way by 16 bits.
_AT_ONCE = 50_000


@dataclass(frozen=True, kw_only=True)
class Drained:
    """What one contestant did; what its start costs is taken off."""

    name: str
    about: str
    messages: int
    processor_seconds: float
    seconds: float
    missing: int
    doubled: int
    #: Messages that came after a later one of their home.
    inverted: int
    megabytes: float

    @property
    def per_100k(self) -> float:
        """Tell the processor seconds for 100,000 messages."""
        return self.processor_seconds / max(1, self.messages) * 100_000


def fill(arena: Arena, count: int) -> list[Numbered]:
    """Let every session hold the same backlog."""
    said = [(arena.homes[number % len(arena.homes)], number) for number in range(count)]
    for begin in range(0, count, _AT_ONCE):
        publisher = Publisher(arena.settings.mqtt)
        for numbered in said[begin : begin + _AT_ONCE]:
            publisher.say(numbered)
        publisher.finish()
    return said


async def drained(arena: Arena, contestant: Contestant, said: Sequence[Numbered]) -> Drained:
    """Let one contestant move its backlog, and take off what its start costs when nothing waits for it."""
    async with consuming(arena.settings.kafka, contestant.topic, group=None) as consumer:
        child = arena.start(contestant)
        began = time.monotonic()
        try:
            got: list[Numbered] = []
            left, moved_at = set(said), began
            while left and time.monotonic() - moved_at < PATIENCE_SECONDS and child.alive:
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    new = records(contestant, batch)
                    got += new
                    left.difference_update(new)
                    moved_at = time.monotonic()
            if not child.alive:
                raise NeverCameUp(f"{contestant.name} ended with status {child.status}\n{child.log_tail()}")
            # What is acknowledged last is part of the work.
            await asyncio.sleep(IDLE_SECONDS)
            spent, megabytes = processor_seconds(child.pid), peak_megabytes(child.pid)
        finally:
            child.kill()
    spent -= await _start_costs(arena.start(contestant))
    return _told(contestant, got, said, spent, moved_at - began, megabytes)


async def _start_costs(child: Child) -> float:
    """Tell what a start costs that finds nothing to do."""
    try:
        await asyncio.sleep(START_SECONDS + IDLE_SECONDS)
        return processor_seconds(child.pid)
    finally:
        child.kill()


def _told(
    contestant: Contestant,
    got: list[Numbered],
    said: Sequence[Numbered],
    spent: float,
    seconds: float,
    megabytes: float,
) -> Drained:
    return Drained(
        name=contestant.name,
        about=contestant.about,
        messages=len(got),
        processor_seconds=spent,
        seconds=seconds,
        missing=len(set(said) - set(got)),
        doubled=len(got) - len(set(got)),
        inverted=inverted(got),
        megabytes=megabytes,
    )


def inverted(got: Sequence[Numbered]) -> int:
    """Count what was first seen after a later message of its home."""
    newest: dict[str, int] = {}
    seen: set[Numbered] = set()
    count = 0
    for numbered in got:
        home, number = numbered
        if numbered not in seen and number < newest.get(home, -1):
            count += 1
        seen.add(numbered)
        newest[home] = max(number, newest.get(home, -1))
    return count


def floor(arena: Arena, count: int) -> Drained:
    """Let paho receive and acknowledge the same backlog, and do nothing else."""
    first = count // 10
    child = arena.floor(first, count)
    try:
        began = time.monotonic()
        child.wait_for(lambda: child.log_path.read_text().count("\n") >= 2, within=120, what="the floor")
        told = [line.split() for line in child.log_path.read_text().splitlines()[-2:]]
        return Drained(
            name="floor",
            about="paho receives and acknowledges only",
            messages=count - first,
            processor_seconds=float(told[1][1]) - float(told[0][1]),
            seconds=time.monotonic() - began,
            missing=0,
            doubled=0,
            inverted=0,
            megabytes=peak_megabytes(child.pid),
        )
    finally:
        child.kill()
