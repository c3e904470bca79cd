"""Synthetic presses in PostgreSQL: when each was made, and when it had become a call."""

from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

from alerts.postgres import AlertStore
from alerts.probe.press import HOME, closing
from contracts import AlertId, AlertState
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


class Presses:
    """The synthetic presses of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._alerts = AlertStore(pool)

    async def made(self, at: datetime) -> None:
        """Write down a press before it is made: one that is never heard of is missed all the same."""
        async with self._pool.connection() as connection:
            await connection.execute(_MADE, {"at": at})
            await connection.execute(_FORGET)

    async def called(self, alert_id: AlertId) -> tuple[datetime, float] | None:
        """Write down that a press has become a call; answer which, and after how many seconds."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_CALLED, {"alert_id": alert_id, "home_id": HOME})
            row = await cursor.fetchone()
        return (row[0], float(f"{row[1]}")) if row and isinstance(row[0], datetime) else None

    async def close(self) -> int:
        """Close every open alert of the made-up home, as the test that it was; answer how many."""
        found = [one for one in await self._alerts.of_home(HOME, limit=20) if one.state is not AlertState.RESOLVED]
        for alert in found:
            for event in closing(alert):
                await self._alerts.apply(event)
        if found:
            async with self._pool.connection() as connection:
                await connection.execute(_CLOSED)
        return len(found)

    async def end(self) -> None:
        """Forget all presses and let the home rest, so that nobody waits for the next."""
        await self.close()
        async with self._pool.connection() as connection:
            await connection.execute("delete from synthetic_press")
            await connection.execute(_REST, {"home_id": HOME})


_MADE: Final = "insert into synthetic_press (pressed_at) values (%(at)s) on conflict do nothing"
_FORGET: Final = "delete from synthetic_press where pressed_at < clock_timestamp() - interval '7 days'"
_CALLED: Final = """
    update synthetic_press p set alerted_at = a.opened_at, called_at = coalesce(p.called_at, clock_timestamp())
    from alert a
    where a.alert_id = %(alert_id)s and a.home_id = %(home_id)s and p.pressed_at = a.since
    returning p.pressed_at, extract(epoch from p.called_at - p.pressed_at)
"""
_CLOSED: Final = """
    update synthetic_press p set closed_at = a.resolved_at
    from alert a where a.since = p.pressed_at and p.closed_at is null and starts_with(a.home_id, 'synthetic-')
        and a.opened_at > clock_timestamp() - interval '1 hour'
"""
_REST: Final = """
    update home set watched = false, version = version + 1, changed_at = clock_timestamp() where home_id = %(home_id)s
"""
