"""Alerts in PostgreSQL: one event, one transaction, by the database's clock."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from alerts import rows
from alerts.events import Delivered, DeliveryFailed, Due, Event, Found
from alerts.heard import Heard
from alerts.machine import advance
from alerts.model import Alert, LogLine
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
            waiting = await _rows(connection, _DUE, limit=limit)
        if not waiting:
            return []
        homes = await self._homes.load_many([HomeId(home_id) for _, home_id in waiting])
        async with self._pool.connection() as connection:
            async with connection.transaction():
                alerts = await _alerts(connection, _CLAIM, ids=[alert_id for alert_id, _ in waiting])
                now = await _now(connection)
                done = [self._ran_out(alert, homes.get(alert.home_id), now) for alert in alerts]
                for before, after in zip(alerts, done, strict=True):
                    await _write(connection, before, after)
            await self._tell(connection, done)
        return done

    async def open_alerts(self) -> list[Alert]:
        """Load every alert that is not resolved, the worst first; there is no window of time to fall out of."""
        async with self._pool.connection() as connection:
            return await _alerts(connection, _OPEN)

    async def alert(self, alert_id: AlertId) -> Alert | None:
        """Load one alert, open or not."""
        async with self._pool.connection() as connection:
            return _only(await _alerts(connection, _ONE, alert_id=alert_id))

    async def of_home(self, home_id: HomeId, limit: int = 50) -> list[Alert]:
        """Load the latest alerts of a home, newest first."""
        async with self._pool.connection() as connection:
            return await _alerts(connection, _OF_HOME, home_id=home_id, limit=limit)

    async def timeline(self, alert_id: AlertId) -> list[LogLine]:
        """Load the log of an alert, oldest line first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_TIMELINE, {"alert_id": alert_id})
            return [rows.read(row, LogLine) for row in await cursor.fetchall()]

    async def opened_per_minute(self, minutes: int = 10) -> list[int]:
        """Count the alerts opened in each of the last minutes, oldest first; tests are not counted."""
        async with self._pool.connection() as connection:
            return [count for (count,) in await _rows(connection, _OPENED_PER_MINUTE, minutes=minutes)]

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
            home_ids = await _rows(connection, _HOME_OF, alert_id=event.alert_id)
        return await self._homes.load(HomeId(home_ids[0][0])) if home_ids else None

    async def _tell(self, connection: Connection, done: Sequence[Transition]) -> None:
        """Wake whoever waits; after the commit, because NOTIFY inside a transaction makes all commits queue."""
        for transition in done:
            if self._on_commit:
                self._on_commit(transition)
        if any(transition.notifications for transition in done):
            await connection.execute("select pg_notify('outbox_due', '')")
        if any(transition.changed for transition in done):
            await connection.execute("select pg_notify('alert_changed', '')")


async def _applied(connection: Connection, event: Event, context: Context) -> Transition:
    if isinstance(event, Found):
        alert, context = await _for_finding(connection, event, context)
    else:
        alert = _only(await _alerts(connection, _ONE_LOCKED, alert_id=event.alert_id))
    if isinstance(event, Delivered | DeliveryFailed) and not await _settled(connection, event):
        return Transition(reason=Reason.SETTLED_BEFORE, alert=alert)
    done = advance(alert, event, await _now(connection), context)
    await _write(connection, alert, done)
    return done


async def _for_finding(connection: Connection, event: Found, context: Context) -> tuple[Alert | None, Context]:
    """Lock the home's hazard, so that two findings of it come one after the other, and load what is known."""
    finding = event.finding
    about = {"home_id": finding.home_id, "hazard": finding.hazard, "finding_id": finding.finding_id}
    async with connection.pipeline():
        await connection.execute(_LOCK_HAZARD, about)
        opened = connection.cursor(row_factory=dict_row)
        await opened.execute(_OPEN_OF_HAZARD, about)
        last = connection.cursor(row_factory=dict_row)
        await last.execute(_HEARD, about)
        former = connection.cursor(row_factory=dict_row)
        await former.execute(_FORMER, about)
    heard = await last.fetchone()
    alert, was = await opened.fetchone(), await former.fetchone()
    context = replace(
        context,
        heard=rows.read(heard, Heard) if heard else None,
        former=rows.read(was, Alert) if was else None,
    )
    return (rows.read(alert, Alert) if alert else None), context


async def _settled(connection: Connection, event: Delivered | DeliveryFailed) -> bool:
    """Write down what came of a call, unless a later attempt has taken it over."""
    call = {"notification_id": event.notification.notification_id, "attempt": event.attempt}
    match event:
        case Delivered():
            cursor = await connection.execute(_DELIVERED, call | {"provider_ref": event.provider_ref})
        case DeliveryFailed():
            cursor = await connection.execute(_FAILED, call | {"failure": event.why})
    return cursor.rowcount == 1


async def _write(connection: Connection, before: Alert | None, done: Transition) -> None:
    async with connection.pipeline():
        if done.alert is not None and done.alert != before:
            await connection.execute(_UPDATE if before else _INSERT, rows.alert_row(done.alert))
        if done.alert is not None and done.withdraws:
            await connection.execute(_WITHDRAW, {"alert_id": done.alert.alert_id})
        if done.heard:
            await connection.execute(_PUT_HEARD, rows.heard_row(done.heard))
        if done.lines:
            await connection.execute(_PUT_LINES, {"new": rows.line_rows(done.lines)})
            await connection.execute(_PUT_CHANGES, {"new": rows.change_rows(done.changes)})
        if done.notifications:
            await connection.execute(_PUT_NOTIFICATIONS, {"new": rows.notification_rows(done.notifications)})


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


_COLUMNS: Final = """
    alert_id, home_id, hazard, kind, severity, state, test, late, version, rang_version, opened_at, since, due_at,
    due_for, owner, goes, owner_until, restored_at, resolved_at, repeats, again, step, round_began, rounds, declined,
    holding, policy, evidence, outcome
"""
_ONE: Final = f"select {_COLUMNS} from alert where alert_id = %(alert_id)s"
_ONE_LOCKED: Final = f"{_ONE} for update"
_OPEN: Final = f"""
    select {_COLUMNS} from alert where state <> 'resolved'
    order by array_position(array['emergency', 'urgent', 'caution', 'notice', 'device'], severity), due_at, alert_id
"""
_OF_HOME: Final = f"""
    select {_COLUMNS} from alert where home_id = %(home_id)s order by opened_at desc, alert_id limit %(limit)s
"""
_HOME_OF: Final = "select home_id from alert where alert_id = %(alert_id)s"
_LOCK_HAZARD: Final = "select pg_advisory_xact_lock(hashtextextended(%(home_id)s || '/' || %(hazard)s, 0))"
_OPEN_OF_HAZARD: Final = f"""
    select {_COLUMNS} from alert
    where home_id = %(home_id)s and hazard = %(hazard)s and state <> 'resolved' for update
"""
_HEARD: Final = """
    select finding_id, home_id, hazard, severity, phase, told_at, test, alert_id, openings
    from finding_heard where finding_id = %(finding_id)s
"""
_FORMER: Final = f"""
    select {_COLUMNS} from alert
    where alert_id = (select heard.alert_id from finding_heard heard where heard.finding_id = %(finding_id)s)
"""
_DUE: Final = """
    select alert_id, home_id from alert
    where state <> 'resolved' and due_at <= clock_timestamp() order by due_at limit %(limit)s
"""
_CLAIM: Final = f"""
    select {_COLUMNS} from alert
    where alert_id = any(%(ids)s) and state <> 'resolved' and due_at <= clock_timestamp()
    order by due_at for update skip locked
"""
_INSERT: Final = """
    insert into alert (alert_id, home_id, hazard, kind, severity, state, test, late, version, rang_version, opened_at,
        since, due_at, due_for, owner, goes, owner_until, restored_at, resolved_at, repeats, again, step, round_began,
        rounds, declined, holding, policy, evidence, outcome)
    values (%(alert_id)s, %(home_id)s, %(hazard)s, %(kind)s, %(severity)s, %(state)s, %(test)s, %(late)s, %(version)s,
        %(rang_version)s, %(opened_at)s, %(since)s, %(due_at)s, %(due_for)s, %(owner)s, %(goes)s, %(owner_until)s,
        %(restored_at)s, %(resolved_at)s, %(repeats)s, %(again)s, %(step)s, %(round_began)s, %(rounds)s,
        %(declined)s, %(holding)s, %(policy)s, %(evidence)s, %(outcome)s)
"""
_UPDATE: Final = """
    update alert set kind = %(kind)s, severity = %(severity)s, state = %(state)s, test = %(test)s, late = %(late)s,
        version = %(version)s, rang_version = %(rang_version)s, since = %(since)s, due_at = %(due_at)s,
        due_for = %(due_for)s, owner = %(owner)s, goes = %(goes)s, owner_until = %(owner_until)s,
        restored_at = %(restored_at)s, resolved_at = %(resolved_at)s, repeats = %(repeats)s, again = %(again)s,
        step = %(step)s, round_began = %(round_began)s, rounds = %(rounds)s, declined = %(declined)s,
        holding = %(holding)s, evidence = %(evidence)s, outcome = %(outcome)s
    where alert_id = %(alert_id)s
"""
_WITHDRAW: Final = """
    update notification set state = 'withdrawn', settled_at = clock_timestamp()
    where alert_id = %(alert_id)s and state = 'queued'
"""
_PUT_HEARD: Final = """
    insert into finding_heard (finding_id, home_id, hazard, severity, phase, told_at, test, alert_id, openings)
    values (%(finding_id)s, %(home_id)s, %(hazard)s, %(severity)s, %(phase)s, %(told_at)s, %(test)s, %(alert_id)s,
        %(openings)s)
    on conflict (finding_id) do update set severity = excluded.severity, phase = excluded.phase,
        told_at = excluded.told_at, test = excluded.test, alert_id = excluded.alert_id, openings = excluded.openings
"""
_PUT_LINES: Final = """
    insert into alert_log (alert_id, version, at, change, reason, by, text, step, notification_id)
    select alert_id, version, at, change, reason, by, text, step, notification_id
    from jsonb_to_recordset(%(new)s) as new (alert_id text, version integer, at timestamptz, change text, reason text,
        by text, text text, step integer, notification_id text)
"""
_PUT_CHANGES: Final = """
    insert into alert_change (alert_id, change)
    select new.value ->> 'alert_id', new.value -> 'change'
    from jsonb_array_elements(%(new)s) with ordinality as new (value, place) order by new.place
"""
_PUT_NOTIFICATIONS: Final = """
    insert into notification (notification_id, alert_id, home_id, responder_id, channel, contact, step, purpose,
        severity, rank, hazard, since, late, called_at, insisted, due_at)
    select notification_id, alert_id, home_id, responder_id, channel, contact, step, purpose,
        severity, rank, hazard, since, late, called_at, insisted, clock_timestamp()
    from jsonb_to_recordset(%(new)s) as new (notification_id text, alert_id text, home_id text, responder_id text,
        channel text, contact integer, step integer, purpose text, severity text, rank smallint, hazard text,
        since timestamptz, late boolean, called_at timestamptz, insisted boolean)
    on conflict (notification_id) do nothing
"""
_DELIVERED: Final = """
    update notification set state = 'delivered', settled_at = clock_timestamp(), provider_ref = %(provider_ref)s
    where notification_id = %(notification_id)s and attempts = %(attempt)s and state in ('queued', 'withdrawn')
"""
_FAILED: Final = """
    update notification set state = 'failed', settled_at = clock_timestamp(), failure = %(failure)s
    where notification_id = %(notification_id)s and attempts = %(attempt)s and state in ('queued', 'withdrawn')
"""
_TIMELINE: Final = """
    select alert_id, version, at, change, reason, by, text, step, notification_id
    from alert_log where alert_id = %(alert_id)s order by version
"""
_OPENED_PER_MINUTE: Final = """
    select count(a.alert_id) from generate_series(%(minutes)s - 1, 0, -1) as ago
    left join alert a on not a.test
        and a.opened_at > now() - (ago + 1) * interval '1 minute' and a.opened_at <= now() - ago * interval '1 minute'
    group by ago order by ago desc
"""
