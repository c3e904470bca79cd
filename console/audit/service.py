"""The chain is read once an hour, and whenever somebody looks at the page while it is short."""

import asyncio
from typing import Final

import psycopg
import structlog

from console import metrics
from console.audit.postgres import AuditStore
from console.audit.verdict import Verdict
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool

log = structlog.get_logger()

EVERY_SECONDS: Final = 3600.0
#: The service is answering by then.
_FIRST_SECONDS: Final = 30.0
#: Up to so many lines are read while somebody waits for the page.
READ_AT_ONCE: Final = 20_000


class Watcher:
    """Knows what the last reading of the chain found."""

    def __init__(self, pool: Pool) -> None:
        self._store = AuditStore(pool)
        self._last: Verdict | None = None
        self._reading = asyncio.Lock()

    async def now(self) -> Verdict:
        """Tell what is known, read anew where that is quick."""
        if self._last is None or self._last.lines <= READ_AT_ONCE:
            return await self.read()
        return self._last

    async def read(self) -> Verdict:
        """Read the whole chain; a break is told at once to whoever looks after the service."""
        async with self._reading:
            verdict = await self._store.verify(clock.now())
        self._last = verdict
        metrics.chain_broken.set(0 if verdict.broken is None else 1)
        if verdict.broken is not None:
            log.error("access_log_broken", line=verdict.broken)
        return verdict

    async def run(self, life: Life) -> None:
        """Read it each hour until the service stops."""
        await life.rest(_FIRST_SECONDS)
        while not life.stopping.is_set():
            try:
                await self.read()
            except psycopg.OperationalError as error:
                log.warning("access_log_not_read", error=type(error).__name__)
            life.turned("access_log_read")
            await life.rest(EVERY_SECONDS)
