"""Alerts in PostgreSQL: one event, one transaction, by the database's clock."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import dict_row

from alerts import rows
from alerts import statements as sql
from alerts.events import Answered, Delivered, DeliveryFailed, Due, Event, Found, Receipted
from alerts.heard import Heard
from alerts.machine import advance
from alerts.model import Alert, LogLine
from alerts.outbox import postgres as outbox
from alerts.reasons import Reason
from alerts.transition import Context, Transition
from contracts import AlertId, HomeId
from homes.model import Home
from homes.postgres import HomeStore
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


class AlertStore:
    """The alerts of the database. Whoever changes one goes through `apply`."""

    def __init__(
        self, pool: Pool, *, lease_seconds: int = 600, on_commit: Callable[[Transition], None] | None = None
    ) -> None:
        self._pool = pool
        self._homes = HomeStore(pool)
        self._lease_seconds = lease_seconds
        self._on_commit = on_commit

    async def apply(self, event: Event) -> Transition:
        """Apply an event: the alert, its log, its calls and what the world is told, all or nothing."""
        home = await self._home_of(event)
        async with self._pool.connection() as connection:
            async with connection.transaction():
                done = await _applied(connection, event, self._context(home))
            await self._tell(connection, [done])
        return done

    async def due(self, limit: int = 20) -> list[Transition]:
        """Let so many timers run out that are due; rows that another worker has in hand are left to it."""
        async with self._pool.connection() as connection:
            waiting = await _rows(connection, sql.DUE, limit=limit)
        if not waiting:
            return []
        homes = await self._homes.load_many([HomeId(home_id) for _, home_id in waiting])
        async with self._pool.connection() as connection:
            async with connection.transaction():
                alerts = await _alerts(connection, sql.CLAIM, ids=[alert_id for alert_id, _ in waiting])
                now = await _now(connection)
                done = [self._ran_out(alert, homes.get(alert.home_id), now) for alert in alerts]
                for before, after in zip(alerts, done, strict=True):
                    await _write(connection, before, after)
            await self._tell(connection, done)
        return done

    async def open_alerts(self) -> list[Alert]:
        """Load every alert that is not resolved, the worst first; there is no window of time to fall out of."""
        async with self._pool.connection() as connection:
            return await _alerts(connection, sql.OPEN)

    async def not_protected(self) -> list[Alert]:
        """Load the alerts, closed or not, of every home that is not protected now."""
        async with self._pool.connection() as connection:
            return await _alerts(connection, sql.NOT_PROTECTED)

    async def count_not_protected(self) -> int:
        """Count the homes that are not protected now; a home under test is."""
        async with self._pool.connection() as connection:
            ((count,),) = await _rows(connection, sql.COUNT_NOT_PROTECTED)
        return int(count)

    async def alert(self, alert_id: AlertId) -> Alert | None:
        """Load one alert, open or not."""
        async with self._pool.connection() as connection:
            return _only(await _alerts(connection, sql.ONE, alert_id=alert_id))

    async def of_home(self, home_id: HomeId, limit: int = 50) -> list[Alert]:
        """Load the latest alerts of a home, newest first."""
        async with self._pool.connection() as connection:
            return await _alerts(connection, sql.OF_HOME, home_id=home_id, limit=limit)

    async def timeline(self, alert_id: AlertId) -> list[LogLine]:
        """Load the log of an alert, oldest line first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(sql.TIMELINE, {"alert_id": alert_id})
            return [rows.read(row, LogLine) for row in await cursor.fetchall()]

    async def opened_per_minute(self, minutes: int = 10) -> list[int]:
        """Count the alerts opened in each of the last minutes, oldest first; tests are not counted."""
        async with self._pool.connection() as connection:
            return [count for (count,) in await _rows(connection, sql.OPENED_PER_MINUTE, minutes=minutes)]

    def _context(self, home: Home | None) -> Context:
        if home is None:
            return Context(lease_seconds=self._lease_seconds)
        return Context(responders=home.responders, policy=home.policy, lease_seconds=self._lease_seconds)

    def _ran_out(self, alert: Alert, home: Home | None, now: datetime) -> Transition:
        return advance(alert, Due(alert_id=alert.alert_id), now, self._context(home))

    async def _home_of(self, event: Event) -> Home | None:
        # Before the transaction: one that waits for a second connection while it holds one could wait for ever.
        if isinstance(event, Found):
            return await self._homes.load(event.finding.home_id)
        async with self._pool.connection() as connection:
            home_ids = await _rows(connection, sql.HOME_OF, alert_id=event.alert_id)
        return await self._homes.load(HomeId(home_ids[0][0])) if home_ids else None

    async def _tell(self, connection: Connection, done: Sequence[Transition]) -> None:
        """Wake whoever waits; after the commit, because NOTIFY inside a transaction makes all commits queue."""
        for transition in done:
            if self._on_commit:
                self._on_commit(transition)
        try:
            if any(transition.notifications for transition in done):
                await connection.execute("select pg_notify('outbox_due', '')")
            if any(transition.changed for transition in done):
                await connection.execute("select pg_notify('alert_changed', '')")
        except OperationalError:
            return  # What was applied is applied; whoever was to be woken polls.


async def _applied(connection: Connection, event: Event, context: Context) -> Transition:
    if isinstance(event, Found):
        alert, context = await _for_finding(connection, event, context)
    else:
        alert = _only(await _alerts(connection, sql.ONE_LOCKED, alert_id=event.alert_id))
    if isinstance(event, Delivered | DeliveryFailed | Receipted) and not await outbox.settle(connection, event):
        return Transition(reason=Reason.SETTLED_BEFORE, alert=alert)
    if isinstance(event, Answered):
        await outbox.answered(connection, event)
    done = advance(alert, event, await _now(connection), context)
    await _write(connection, alert, done)
    return done


async def _for_finding(connection: Connection, event: Found, context: Context) -> tuple[Alert | None, Context]:
    """Lock the home's hazard, so that two findings of it come one after the other, and load what is known."""
    finding = event.finding
    about = {"home_id": finding.home_id, "hazard": finding.hazard, "finding_id": finding.finding_id}
    async with connection.pipeline():
        await connection.execute(sql.LOCK_HAZARD, about)
        opened = connection.cursor(row_factory=dict_row)
        await opened.execute(sql.OPEN_OF_HAZARD, about)
        last = connection.cursor(row_factory=dict_row)
        await last.execute(sql.HEARD, about)
        former = connection.cursor(row_factory=dict_row)
        await former.execute(sql.FORMER, about)
    heard = await last.fetchone()
    alert, was = await opened.fetchone(), await former.fetchone()
    context = replace(
        context,
        heard=rows.read(heard, Heard) if heard else None,
        former=rows.read(was, Alert) if was else None,
    )
    return (rows.read(alert, Alert) if alert else None), context


async def _write(connection: Connection, before: Alert | None, done: Transition) -> None:
    async with connection.pipeline():
        if done.alert is not None and done.alert != before:
            await connection.execute(sql.UPDATE if before else sql.INSERT, rows.alert_row(done.alert))
        if done.alert is not None and done.withdraws:
            await outbox.withdraw(connection, done.alert.alert_id)
        if done.heard:
            await connection.execute(sql.PUT_HEARD, rows.heard_row(done.heard))
        if done.lines:
            await connection.execute(sql.PUT_LINES, {"new": rows.line_rows(done.lines)})
            await connection.execute(sql.PUT_CHANGES, {"new": rows.change_rows(done.changes)})
        if done.notifications:
            await outbox.put(connection, done.notifications)


async def _alerts(connection: Connection, statement: LiteralString, **asked: object) -> list[Alert]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, Alert) for row in await cursor.fetchall()]


async def _rows(connection: Connection, statement: LiteralString, **asked: object) -> list[tuple[Any, ...]]:
    return await (await connection.execute(statement, asked)).fetchall()


def _only(alerts: list[Alert]) -> Alert | None:
    return alerts[0] if alerts else None


async def _now(connection: Connection) -> datetime:
    ((now,),) = await _rows(connection, "select clock_timestamp()")
    return rows.utc(now)
