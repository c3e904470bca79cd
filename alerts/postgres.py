"""Alerts in PostgreSQL: one event, one transaction, by the database's clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import dict_row

from alerts import checking, rows
from alerts import statements as sql
from alerts.events import (
    Answered,
    CheckAnswered,
    Delivered,
    DeliveryFailed,
    Due,
    Event,
    Found,
    Moved,
    Receipted,
    Resolve,
)
from alerts.heard import Heard, newest
from alerts.machine import advance
from alerts.model import Alert, LogLine
from alerts.outbox import postgres as outbox
from alerts.presence import postgres as presence
from alerts.reasons import Reason
from alerts.rows import Thing
from alerts.transition import Context, Transition
from contracts import AlertId, Finding, Hazard, HomeId
from homes.asking import asks_by
from homes.model import Channel, Home, Responder
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


class AlertStore:
    """The alerts of the database. Whoever changes one goes through `apply`."""

    def __init__(
        self,
        pool: Pool,
        *,
        lease_seconds: int = 600,
        by_voice: bool = False,
        on_commit: Callable[[Transition], None] | None = None,
    ) -> None:
        self._pool = pool
        self._homes = HomeStore(pool)
        self._lease_seconds = lease_seconds
        #: A voice gateway is set up, which can ask a resident by telephone.
        self._by_voice = by_voice
        self._on_commit = on_commit

    async def apply(self, event: Event) -> Transition:
        """Apply an event: the alert, its log, its calls and what the world is told, all or nothing."""
        context = self._context(await self._home_of(event), await self._homes.on_duty(clock.now()))
        async with self._pool.connection() as connection:
            async with connection.transaction():
                context = replace(context, manned=await presence.manned(connection))
                if isinstance(event, Found) and event.finding.hazard is Hazard.CHECK:
                    done = await _answer(connection, event.finding, context)
                else:
                    done = [await _applied(connection, event, context)]
            await self._tell(connection, done)
        return done[0]

    async def due(self, limit: int = 20) -> list[Transition]:
        """Let so many timers run out that are due; rows that another worker has in hand are left to it."""
        async with self._pool.connection() as connection:
            waiting = await _rows(connection, sql.DUE, limit=limit)
        if not waiting:
            return []
        homes = await self._homes.load_many([HomeId(home_id) for _, home_id in waiting])
        on_duty = await self._homes.on_duty(clock.now())
        async with self._pool.connection() as connection:
            async with connection.transaction():
                alerts = await _alerts(connection, sql.CLAIM, ids=[alert_id for alert_id, _ in waiting])
                now, manned = await _now(connection), await presence.manned(connection)
                contexts = [self._context(homes.get(alert.home_id), on_duty) for alert in alerts]
                done = [
                    advance(alert, Due(alert_id=alert.alert_id), now, replace(context, manned=manned))
                    for alert, context in zip(alerts, contexts, strict=True)
                ]
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
            return await _read(connection, sql.TIMELINE, LogLine, alert_id=alert_id)

    async def opened_per_minute(self, minutes: int = 10) -> list[int]:
        """Count the alerts opened in each of the last minutes, oldest first; tests are not counted."""
        async with self._pool.connection() as connection:
            return [count for (count,) in await _rows(connection, sql.OPENED_PER_MINUTE, minutes=minutes)]

    def _context(self, home: Home | None, on_duty: Mapping[str, tuple[Responder, ...]]) -> Context:
        if home is None:
            return Context(lease_seconds=self._lease_seconds, rosters=on_duty)
        asks = asks_by(home, by_voice=self._by_voice)
        return Context(
            responders=home.responders,
            policy=home.policy,
            lease_seconds=self._lease_seconds,
            rosters=on_duty,
            can_ask=asks is not None,
            asks_by=asks.channel if asks else Channel.DEVICE,
            district_id=home.district.district_id,
            timezone=home.timezone,
        )

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
        context = await _with_calls(connection, event, alert, context)
    if isinstance(event, Delivered | DeliveryFailed | Receipted) and not await outbox.settle(connection, event):
        return Transition(reason=Reason.SETTLED_BEFORE, alert=alert)
    if isinstance(event, Answered):
        await outbox.answered(connection, event)
    done = advance(alert, event, await _now(connection), context)
    await _write(connection, alert, done)
    return done


async def _with_calls(connection: Connection, event: Event, alert: Alert | None, context: Context) -> Context:
    """Add what an event asks of the outbox and of the home's other alerts, and no more."""
    match event:
        case Answered() | Moved() | Resolve():
            return replace(context, called=await outbox.called(connection, event.alert_id))
        case Receipted():
            return replace(context, call=await outbox.call_of(connection, event.notification_id))
        case CheckAnswered() if alert:
            others = await _alerts(connection, sql.OPEN_OF_HOME, home_id=alert.home_id)
            called = await outbox.called(connection, event.alert_id)
            return replace(context, beside=checking.beside(alert.alert_id, others), called=called)
        case _:
            return context


async def _answer(connection: Connection, finding: Finding, context: Context) -> list[Transition]:
    """Bring what the home said to each of its alerts about which it may be asked."""
    about = {"home_id": finding.home_id, "hazard": finding.hazard, "finding_id": finding.finding_id}
    await connection.execute(sql.LOCK_HAZARD, about)
    last = await _read(connection, sql.HEARD, Heard, **about)
    heard = newest(last[0] if last else None, finding)
    if last and heard == last[0]:
        return [Transition(reason=Reason.TOLD_BEFORE)]
    await connection.execute(sql.PUT_HEARD, rows.heard_row(heard))
    asked = await _alerts(connection, f"{sql.OPEN_OF_HOME} for update", home_id=finding.home_id)
    said = [event for alert in asked if (event := checking.answer_of(finding, alert))]
    return [await _applied(connection, event, context) for event in said] or [Transition(reason=Reason.NOTHING_ASKED)]


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
    if context.can_ask and finding.hazard is Hazard.FALL:
        others = await _alerts(connection, sql.OPEN_OF_HOME, home_id=finding.home_id)
        context = replace(context, beside=checking.beside(None, others))
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
    return await _read(connection, statement, Alert, **asked)


async def _read(connection: Connection, statement: LiteralString, kind: type[Thing], **asked: object) -> list[Thing]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, kind) for row in await cursor.fetchall()]


async def _rows(connection: Connection, statement: LiteralString, **asked: object) -> list[tuple[Any, ...]]:
    return await (await connection.execute(statement, asked)).fetchall()


def _only(alerts: list[Alert]) -> Alert | None:
    return alerts[0] if alerts else None


async def _now(connection: Connection) -> datetime:
    ((now,),) = await _rows(connection, "select clock_timestamp()")
    return rows.utc(now)
