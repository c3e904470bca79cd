"""Kill each contestant while Kafka hangs: what it acknowledged and Kafka does not have is lost."""

import asyncio
import signal
import time
from dataclasses import dataclass

from bench.peers.arena import Arena, Publisher
from bench.peers.contestants import Contestant, Numbered, records
from deploy.embedded.children import Child
from runtime.kafka import consuming

#: Messages a second, and for how long.
RATE, SECONDS = 500, 8
#: When Kafka hangs, and when the contestant is killed.
HANGS_AT, KILLED_AT = 3.0, 5.0
#: After the restart, silence for so long is the end.
SETTLED_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Survived:
    """What came of a contestant that was killed."""

    name: str
    sent: int
    missing: int
    doubled: int


async def survived(arena: Arena, contestant: Contestant, begin: int) -> Survived:
    """Publish at a steady rate; let Kafka hang, kill the contestant, let Kafka go on, start the contestant again."""
    async with consuming(arena.settings.kafka, contestant.topic, group=None, newest=True) as consumer:
        got: list[Numbered] = []
        child = arena.start(contestant)
        await asyncio.sleep(4)
        fault = asyncio.create_task(_fault(arena, child))
        said = await asyncio.to_thread(_talk, arena, begin)
        await fault
        again = arena.start(contestant)
        try:
            moved_at = time.monotonic()
            while len(set(got) & set(said)) < len(said) and time.monotonic() - moved_at < SETTLED_SECONDS:
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    got += [each for each in records(contestant, batch) if each[1] >= begin]
                    moved_at = time.monotonic()
        finally:
            again.kill()
    return Survived(
        name=contestant.name,
        sent=len(said),
        missing=len(set(said) - set(got)),
        doubled=len(got) - len(set(got)),
    )


async def _fault(arena: Arena, child: Child) -> None:
    await asyncio.sleep(HANGS_AT)
    arena.signal_kafka(signal.SIGSTOP)
    await asyncio.sleep(KILLED_AT - HANGS_AT)
    child.kill()
    arena.signal_kafka(signal.SIGCONT)


def _talk(arena: Arena, begin: int) -> list[Numbered]:
    publisher = Publisher(arena.settings.mqtt)
    said: list[Numbered] = []
    began = time.monotonic()
    for number in range(begin, begin + RATE * SECONDS):
        numbered = (arena.homes[number % len(arena.homes)], number)
        publisher.say(numbered)
        said.append(numbered)
        ahead = len(said) / RATE - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)
    publisher.finish()
    return said
