"""Alerts in PostgreSQL: one event, one transaction, by the database's clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection, OperationalError
from psycopg.rows import dict_row

from alerts import rows
from alerts import statements as sql
from alerts.events import ByAPerson, Due, Event, Found
from alerts.machine import advance
from alerts.many import postgres as many
from alerts.many.deciding import Together, parts
from alerts.model import Alert, LogLine
from alerts.one import postgres as one
from alerts.presence import postgres as presence
from alerts.rows import Thing
from alerts.transition import Context, Transition
from contracts import AlertId, Hazard, HomeId
from homes.asking import asks_by
from homes.model import Channel, Home, Responder
from homes.postgres import HomeStore
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


@dataclass(frozen=True, kw_only=True)
class _Around:
    """What is so for every home at a moment, by the database's clock."""

    now: datetime
    on_duty: Mapping[str, tuple[Responder, ...]]
    manned: bool


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
        #: One for all loops of a service: a finding's home is known when its calls go out a moment later.
        self.homes = HomeStore(pool)
        self._lease_seconds = lease_seconds
        #: A voice gateway is set up, which can ask a resident by telephone.
        self._by_voice = by_voice
        self._on_commit = on_commit

    async def apply(self, event: Event) -> Transition:
        """Apply an event: the alert, its log, its calls and what the world is told, all or nothing."""
        home, on_duty = await self._home_of(event), await self.homes.duties()
        async with self._pool.connection() as connection:
            async with connection.transaction():
                context = self._context(home, await _around(connection, on_duty))
                if isinstance(event, Found) and event.finding.hazard is Hazard.CHECK:
                    done = await one.answer(connection, event.finding, context)
                else:
                    done = [await one.apply(connection, event, context)]
            await self._tell(connection, done)
        return done[0]

    async def apply_in_turn(self, events: Sequence[ByAPerson]) -> list[Transition]:
        """Apply what one press means, in one transaction; whatever follows a refusal is not done."""
        home, on_duty = await self._home_of(events[0]), await self.homes.duties()
        done: list[Transition] = []
        async with self._pool.connection() as connection:
            async with connection.transaction():
                context = self._context(home, await _around(connection, on_duty))
                for event in events:
                    done.append(await one.apply(connection, event, context))
                    if not done[-1].changed:
                        break
            await self._tell(connection, done)
        return done

    async def apply_all(self, events: Sequence[Event]) -> list[Transition]:
        """Apply events in their order, as many in one transaction as can be, each as if it came alone."""
        done: list[Transition] = []
        for part in parts(events):
            done += await self._together(part) if isinstance(part, list) else [await self.apply(part)]
        return done

    async def _together(self, events: Sequence[Together]) -> list[Transition]:
        found = {event.finding.home_id for event in events if isinstance(event, Found)}
        homes = await self.homes.load_many(list(found)) if found else {}
        on_duty = await self.homes.duties()
        async with self._pool.connection() as connection:
            async with connection.transaction():
                around = await _around(connection, on_duty)
                contexts = {home_id: self._context(homes.get(home_id), around) for home_id in found}
                done = [step.done for step in await many.apply(connection, events, contexts)]
            await self._tell(connection, done)
        return done

    async def due(self, limit: int = 20) -> list[Transition]:
        """Let so many timers run out that are due; rows that another worker has in hand are left to it."""
        async with self._pool.connection() as connection:
            waiting = await _rows(connection, sql.DUE, limit=limit)
        if not waiting:
            return []
        homes = await self.homes.load_many([HomeId(home_id) for _, home_id in waiting])
        on_duty = await self.homes.duties()
        async with self._pool.connection() as connection:
            async with connection.transaction():
                alerts = await _alerts(connection, sql.CLAIM, ids=[alert_id for alert_id, _ in waiting])
                around = await _around(connection, on_duty)
                done = [
                    advance(
                        alert,
                        Due(alert_id=alert.alert_id),
                        around.now,
                        self._context(homes.get(alert.home_id), around),
                    )
                    for alert in alerts
                ]
                for before, after in zip(alerts, done, strict=True):
                    await one.write(connection, before, after)
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

    async def not_protected_by_district(self) -> dict[str, int]:
        """Count them district by district."""
        async with self._pool.connection() as connection:
            return dict(await _rows(connection, sql.NOT_PROTECTED_BY_DISTRICT))

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

    def _context(self, home: Home | None, around: _Around) -> Context:
        if home is None:
            return Context(lease_seconds=self._lease_seconds, rosters=around.on_duty, manned=around.manned)
        asks = asks_by(home, by_voice=self._by_voice)
        return Context(
            responders=home.responders,
            policy=home.policy,
            lease_seconds=self._lease_seconds,
            rosters=around.on_duty,
            manned=around.manned,
            can_ask=asks is not None,
            asks_by=asks.channel if asks else Channel.DEVICE,
            district_id=home.district.district_id,
            timezone=home.timezone,
        )

    async def _home_of(self, event: Event) -> Home | None:
        # Before the transaction: one that waits for a second connection while it holds one could wait for ever.
        if isinstance(event, Found):
            return await self.homes.load(event.finding.home_id)
        async with self._pool.connection() as connection:
            home_ids = await _rows(connection, sql.HOME_OF, alert_id=event.alert_id)
        return await self.homes.load(HomeId(home_ids[0][0])) if home_ids else None

    async def _tell(self, connection: Connection, done: Sequence[Transition]) -> None:
        """Wake whoever waits; after the commit, because NOTIFY inside a transaction makes all commits queue."""
        for transition in done:
            if self._on_commit:
                self._on_commit(transition)
        told = [name for name, is_told in _words(done) if is_told]
        try:
            if told:
                await connection.execute(
                    "select pg_notify(word, '') from unnest(%(told)s::text[]) word", {"told": told}
                )
        except OperationalError:
            return  # What was applied is applied; whoever was to be woken polls.


def _words(done: Sequence[Transition]) -> Iterator[tuple[str, bool]]:
    """Name what other processes may listen for, and whether there is something for them."""
    yield "outbox_due", any(transition.notifications for transition in done)
    yield "alert_changed", any(transition.changed for transition in done)


async def _around(
    connection: Connection, on_duty: Callable[[datetime], Mapping[str, tuple[Responder, ...]]]
) -> _Around:
    now, manned = await presence.now_and_manned(connection)
    return _Around(now=now, on_duty=on_duty(now), manned=manned)


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
