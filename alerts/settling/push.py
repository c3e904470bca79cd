"""Whoever comes while something is being written waits for it, and then all who waited are written at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.contacts.postgres import Contacts
from alerts.events import Delivered
from alerts.postgres import AlertStore
from alerts.transition import Transition
from homes.model import Contact


@dataclass(kw_only=True, eq=False)
class _Waiting:
    """An event and, once it is written, what came of it."""

    event: Delivered
    #: The contact at which it arrived, as far as that is known already.
    arrived: Contact | None
    done: Transition | None = None


class Settling:
    """Applies what was delivered; what comes at the same time shares a transaction."""

    def __init__(self, store: AlertStore, contacts: Contacts | None = None) -> None:
        self._store = store
        self._contacts = contacts
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def apply(self, event: Delivered, *, arrived: Contact | None = None) -> Transition:
        """Apply an event, with all others that wait for their turn by then."""
        mine = _Waiting(event=event, arrived=arrived)
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
        await self._arrived([mine, *others])
        return first

    async def _arrived(self, written: Sequence[_Waiting]) -> None:
        reached = [(one.event.notification.responder_id, one.arrived) for one in written if one.arrived]
        if self._contacts and reached:
            await self._contacts.reached(reached)
