"""Drain a backlog: what each contestant needs of the processor for what waited for it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.peers.arena import Arena, Publisher, peak_megabytes, processor_seconds
from bench.peers.contestants import Contestant, Numbered, records
from deploy.embedded.children import NeverCameUp
from runtime.kafka import consuming

#: A contestant that moves nothing for so long will not move the rest.
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Drained:
    """What one contestant did, from the first tenth of its backlog on: its start costs nothing."""

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
    publisher = Publisher(arena.settings.mqtt)
    said = [(arena.homes[number % len(arena.homes)], number) for number in range(count)]
    for numbered in said:
        publisher.say(numbered)
    publisher.finish()
    return said


async def drained(arena: Arena, contestant: Contestant, said: Sequence[Numbered]) -> Drained:
    """Let one contestant move its backlog."""
    async with consuming(arena.settings.kafka, contestant.topic, group=None) as consumer:
        child = arena.start(contestant)
        try:
            got: list[Numbered] = []
            began_at = used = 0.0
            first = 0
            moved_at = time.monotonic()
            while len(set(got)) < len(said) and time.monotonic() - moved_at < PATIENCE_SECONDS and child.alive:
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    got += records(contestant, batch)
                    moved_at = time.monotonic()
                if not first and len(got) >= len(said) // 10:
                    first, began_at, used = len(got), time.monotonic(), processor_seconds(child.pid)
            if not child.alive:
                raise NeverCameUp(f"{contestant.name} ended with status {child.status}\n{child.log_tail()}")
            # What is acknowledged last is part of the work.
            await asyncio.sleep(0.5)
            spent = processor_seconds(child.pid) - used
            return _told(contestant, got, said, first, spent, moved_at - began_at, peak_megabytes(child.pid))
        finally:
            child.kill()


def _told(
    contestant: Contestant,
    got: list[Numbered],
    said: Sequence[Numbered],
    first: int,
    spent: float,
    seconds: float,
    megabytes: float,
) -> Drained:
    return Drained(
        name=contestant.name,
        about=contestant.about,
        messages=len(got) - first,
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
