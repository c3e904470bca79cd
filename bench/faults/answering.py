"""The people of the campaign: an operator who ends each case that reached a telephone, with its outcome."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
import structlog
from psycopg.sql import SQL
from psycopg_pool import PoolTimeout

from alerts.events import Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.postgres import AlertStore
from contracts import AlertId, HomeId
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from simulator.push import Push

log = structlog.get_logger()

#: What is open, or was ended, of the homes whose press is on its way; only what reached a telephone is ended.
_OURS = """
    select a.alert_id, a.home_id, a.version, a.state, a.evidence -> 'readings' ->> -1,
        exists (select 1 from notification n where n.alert_id = a.alert_id and n.state = 'delivered')
    from alert a where a.hazard = 'help' and a.home_id = any(%(homes)s)
        and (a.state <> 'resolved' or a.resolved_at > now() - interval '40 minutes')
"""


@dataclass(kw_only=True)
class Underway:
    """The presses that nobody has ended yet, and when each was pushed first. One loop owns it."""

    #: The press of each home, by its reading, and its tick.
    presses: dict[HomeId, str] = field(default_factory=dict)
    pushes: list[Push] = field(default_factory=list)
    #: The tick of the first push of each alert.
    pushed_at: dict[str, float] = field(default_factory=dict)
    #: The alert of each reading, once the database has told it.
    alert_of: dict[str, str] = field(default_factory=dict)
    resolved: int = 0

    def take(self, push: Push) -> None:
        """Take a push."""
        self.pushes.append(push)
        self.pushed_at.setdefault(str(push.body.get("alert_id")), push.ticks)

    def pushed(self, reading_id: str) -> float | None:
        """Tell the tick at which somebody was pushed for a press; None: not yet, as far as is known."""
        alert = self.alert_of.get(reading_id)
        return self.pushed_at.get(alert) if alert else None


class Operator:
    """Ends what was pushed, and frees its home for the next press."""

    def __init__(self, settings: Postgres, underway: Underway, *, freed: Callable[[HomeId], None]) -> None:
        """Sit down; work begins with `work`."""
        self._settings, self._underway, self._freed = settings, underway, freed

    async def work(self) -> None:
        """Answer until cancelled; while the database is away nobody is answered."""
        async with pooled(self._settings) as pool:
            store = AlertStore(pool)
            while True:
                try:
                    async with asyncio.timeout(15):
                        await self._look(pool, store)
                except (psycopg.Error, PoolTimeout, TimeoutError, OSError) as error:
                    log.debug("database_away", error=type(error).__name__)
                await asyncio.sleep(0.4)

    async def _look(self, pool: Pool, store: AlertStore) -> None:
        homes = list(self._underway.presses)
        if not homes:
            return
        async with pool.connection() as connection:
            rows = await (await connection.execute(SQL(_OURS), {"homes": homes})).fetchall()
        for alert_id, home, version, state, reading, delivered in rows:
            self._underway.alert_of[str(reading)] = str(alert_id)
            home_id = HomeId(str(home))
            if self._underway.presses.get(home_id) != reading:
                continue
            if state == "resolved":
                self._end(home_id)
            elif delivered and str(alert_id) in self._underway.pushed_at:
                await self._resolve(store, AlertId(str(alert_id)), int(str(version)))

    async def _resolve(self, store: AlertStore, alert_id: AlertId, version: int) -> None:
        # A version that is old by now is refused, and looked at again: as at the board.
        await store.apply(
            Resolve(
                alert_id=alert_id,
                operator="faults",
                version=version,
                outcome=OutcomeCode.ACCIDENTAL_PRESS,
                resolved_by=ResolvedBy.RESIDENT,
            )
        )

    def _end(self, home_id: HomeId) -> None:
        del self._underway.presses[home_id]
        self._underway.resolved += 1
        self._freed(home_id)
