"""Handovers in PostgreSQL: prepared, signed once, and all that goes with them in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from alerts import rows
from alerts.events import PassOn
from alerts.machine import advance
from alerts.model import Alert
from alerts.one import postgres as one
from alerts.shifts.model import Facts, FailedCall, Handover
from alerts.shifts.signing import Refused, refusal
from alerts.statements import COLUMNS
from alerts.transition import Context
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


class ShiftStore:
    """The table of `0039_shift_handovers.sql`, and the alerts that go from hand to hand."""

    def __init__(self, pool: Pool, *, lease_seconds: int = 600) -> None:
        self._pool = pool
        self._lease_seconds = lease_seconds

    async def prepare(self, handover: Handover) -> None:
        """Keep what an operator prepared; one that is not signed yet is written over."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "delete from shift_handover where outgoing = %(outgoing)s and signed_at is null",
                {"outgoing": handover.outgoing},
            )
            await connection.execute(_PREPARE, {"new": msgspec.json.encode(handover).decode()})

    async def withdraw(self, outgoing: str) -> None:
        """Take back what an operator prepared, to write it anew."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "delete from shift_handover where outgoing = %(outgoing)s and signed_at is null",
                {"outgoing": outgoing},
            )

    async def prepared_by(self, outgoing: str) -> Handover | None:
        """Load what an operator prepared and nobody signed yet."""
        async with self._pool.connection() as connection:
            return await _handover(connection, _PREPARED_BY, outgoing=outgoing)

    async def load(self, handover_id: str) -> Handover | None:
        """Load one handover."""
        async with self._pool.connection() as connection:
            return await _handover(connection, _ONE, handover_id=handover_id)

    async def signed(self, most: int = 30) -> list[Handover]:
        """Load the latest signed handovers, newest first."""
        async with self._pool.connection() as connection:
            return await _handovers(connection, _SIGNED, most=most)

    async def last_signed_at(self) -> datetime | None:
        """Tell when a handover was signed last."""
        async with self._pool.connection() as connection:
            cursor: Any = await connection.execute("select max(signed_at) from shift_handover")
            row = await cursor.fetchone()
        return rows.utc(row[0]) if row and row[0] else None

    async def sign(self, handover_id: str, incoming: str, confirmed: Collection[str]) -> Handover | Refused:
        """Sign a handover and move everything in the outgoing operator's hands, all or nothing, once."""
        async with self._pool.connection() as connection:
            async with connection.transaction():
                done = await self._sign(connection, handover_id, incoming, confirmed)
            if isinstance(done, Handover):
                # After the commit: NOTIFY inside a transaction makes all commits queue.
                await connection.execute("select pg_notify('alert_changed', '')")
        return done

    async def _sign(
        self, connection: Connection, handover_id: str, incoming: str, confirmed: Collection[str]
    ) -> Handover | Refused:
        # Whoever signs the same one at the same time waits here, and finds it signed.
        handover = await _handover(connection, f"{_ONE} for update", handover_id=handover_id)
        if handover is None:
            return Refused.NOT_PREPARED
        held = await _alerts(connection, _HELD_LOCKED, owner=handover.outgoing)
        ids = {item.alert_id for item in handover.draft.items}
        open_ids = {alert.alert_id for alert in await _alerts(connection, _OPEN_OF, ids=sorted(ids))}
        if reason := refusal(handover, held, open_ids, confirmed, incoming):
            return reason
        passed = await self._pass_on(connection, held, handover.outgoing, incoming)
        await connection.execute(_SIGN, {"handover_id": handover_id, "incoming": incoming, "passed": passed})
        return await _handover(connection, _ONE, handover_id=handover_id) or Refused.NOT_PREPARED

    async def _pass_on(self, connection: Connection, held: Sequence[Alert], outgoing: str, incoming: str) -> list[str]:
        now = await one.now_of(connection)
        context = Context(lease_seconds=self._lease_seconds)
        for alert in held:
            event = PassOn(alert_id=alert.alert_id, operator=outgoing, to=incoming)
            await one.write(connection, alert, advance(alert, event, now, context))
        return [alert.alert_id for alert in held]

    async def held_by(self, operator: str) -> list[Alert]:
        """Load the open alerts in an operator's hands, the worst first."""
        async with self._pool.connection() as connection:
            found = await _alerts(connection, _HELD, owner=operator)
        return sorted(found, key=lambda alert: (alert.severity.rank, alert.opened_at))

    async def facts(self, since: datetime) -> Facts:
        """Tell what happened since a shift began, beside the alerts that are open."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_FAILED, {"since": since})
            failed = tuple(rows.read(row, FailedCall) for row in await cursor.fetchall())
            counted: Any = await (await connection.execute(_FLOODED, {"since": since})).fetchone()
        return Facts(failed=failed, flood_minutes=int(counted[0]))

    async def unprinted(self, most: int = 5) -> list[Handover]:
        """Load the signed handovers that have no paper yet, the oldest first."""
        async with self._pool.connection() as connection:
            return await _handovers(connection, _UNPRINTED, most=most)

    async def keep_paper(self, handover_id: str, pdf: bytes) -> None:
        """Put the paper to a signed handover, once."""
        async with self._pool.connection() as connection:
            await connection.execute(_KEEP_PAPER, {"handover_id": handover_id, "pdf": pdf})

    async def paper(self, handover_id: str) -> bytes | None:
        """Load the paper of a handover; None: it is not printed yet."""
        async with self._pool.connection() as connection:
            cursor: Any = await connection.execute(_PAPER, {"handover_id": handover_id})
            row = await cursor.fetchone()
        return bytes(row[0]) if row and row[0] is not None else None


async def _handover(connection: AsyncConnection[Any], statement: Any, **asked: object) -> Handover | None:
    return next(iter(await _handovers(connection, statement, **asked)), None)


async def _handovers(connection: AsyncConnection[Any], statement: Any, **asked: object) -> list[Handover]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, Handover) for row in await cursor.fetchall()]


async def _alerts(connection: AsyncConnection[Any], statement: Any, **asked: object) -> list[Alert]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, Alert) for row in await cursor.fetchall()]


_HANDOVER: Final = """select handover_id, outgoing, since, prepared_at, sentences, note, draft, incoming, signed_at,
    passed from shift_handover"""
_ONE: Final = f"{_HANDOVER} where handover_id = %(handover_id)s"
_PREPARED_BY: Final = f"{_HANDOVER} where outgoing = %(outgoing)s and signed_at is null"
_SIGNED: Final = f"{_HANDOVER} where signed_at is not null order by signed_at desc limit %(most)s"
_UNPRINTED: Final = f"{_HANDOVER} where signed_at is not null and pdf is null order by signed_at limit %(most)s"
_PREPARE: Final = """
    insert into shift_handover (handover_id, outgoing, since, prepared_at, sentences, note, draft)
    select handover_id, outgoing, since, prepared_at, sentences, note, draft
    from jsonb_to_record(%(new)s) as new (handover_id text, outgoing text, since timestamptz, prepared_at timestamptz,
        sentences jsonb, note text, draft jsonb)
"""
_SIGN: Final = """
    update shift_handover set incoming = %(incoming)s, signed_at = clock_timestamp(), passed = %(passed)s
    where handover_id = %(handover_id)s and signed_at is null
"""
_PAPER: Final = "select pdf from shift_handover where handover_id = %(handover_id)s"
_KEEP_PAPER: Final = """
    update shift_handover set pdf = %(pdf)s
    where handover_id = %(handover_id)s and signed_at is not null and pdf is null
"""
_HELD: Final = f"select {COLUMNS} from alert where owner = %(owner)s and state <> 'resolved'"
# In one order, so that two workers never wait for each other.
_HELD_LOCKED: Final = f"{_HELD} order by alert_id for update"
_OPEN_OF: Final = f"select {COLUMNS} from alert where alert_id = any(%(ids)s) and state <> 'resolved'"
_FAILED: Final = """
    select alert_id, home_id, responder_id, channel, settled_at from notification
    where state = 'failed' and settled_at >= %(since)s order by settled_at desc limit 50
"""
_FLOODED: Final = """
    select coalesce(ceil(sum(extract(epoch from
        coalesce(ended_at, clock_timestamp()) - greatest(began_at, %(since)s))) / 60), 0)::integer
    from flood where coalesce(ended_at, clock_timestamp()) > %(since)s
"""
