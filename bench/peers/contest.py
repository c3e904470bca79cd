"""The contest: the same backlog for all, one after the other, in one run; then each is killed while Kafka hangs."""

import asyncio
from collections.abc import Callable, Sequence

from bench.peers.arena import an_arena
from bench.peers.contestants import OURS, PEERS, Contestant, peers_python
from bench.peers.drain import Drained, drained, fill, floor
from bench.peers.killed import Survived, survived


def contest(
    *, messages: int, kill: bool, say: Callable[[str], None], contestants: Sequence[Contestant] = (OURS, *PEERS)
) -> tuple[list[Drained], list[Survived]]:
    """Measure all; `say` is told what is going on."""
    peers_python()
    with an_arena() as arena:
        arena.subscribe(contestants)
        say(f"{messages} messages wait for each")
        said = fill(arena, messages)
        drains = [floor(arena, messages)]
        for contestant in contestants:
            say(f"{contestant.name} drains its backlog")
            drains.append(asyncio.run(drained(arena, contestant, said)))
        kills: list[Survived] = []
        for place, contestant in enumerate(contestants if kill else ()):
            say(f"{contestant.name} is killed while Kafka hangs")
            kills.append(asyncio.run(survived(arena, contestant, messages * (place + 1))))
    return drains, kills
