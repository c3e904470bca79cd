"""Whoever comes while something is being written waits for it, and then all who waited are written at once."""

import asyncio
from dataclasses import dataclass

from alerts.events import Event
from alerts.postgres import AlertStore
from alerts.transition import Transition


@dataclass(kw_only=True, eq=False)
class _Waiting:
    """An event and, once it is written, what came of it."""

    event: Event
    done: Transition | None = None


class Settling:
    """Applies events; those that come at the same time share a transaction."""

    def __init__(self, store: AlertStore) -> None:
        self._store = store
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def apply(self, event: Event) -> Transition:
        """Apply an event, with all others that wait for their turn by then."""
        mine = _Waiting(event=event)
        self._waiting.append(mine)
        async with self._turn:
            # Whoever had the turn before took it along, unless that failed: then each tries for itself.
            return mine.done or await self._written(mine)

    async def _written(self, mine: _Waiting) -> Transition:
        others = [one for one in self._waiting if one is not mine]
        self._waiting = []
        first, *more = await self._store.apply_all([mine.event, *(one.event for one in others)])
        for one, done in zip(others, more, strict=True):
            one.done = done
        return first
