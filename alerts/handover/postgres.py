"""Centres and hand-overs in PostgreSQL."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from alerts import rows
from alerts.handover.centres import BadCentre, Centre
from contracts import AlertId, Hazard, HomeId, Severity
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A hand-over that is ours to bring until its lease ends."""

    alert_id: AlertId
    version: int
    home_id: HomeId
    hazard: Hazard
    kind: str
    severity: Severity
    since: datetime
    opened_at: datetime
    centre_id: str
    #: As the operator wrote it, by its id or its name.
    centre: str
    seq: int
    #: Counted from 1.
    attempts: int
    #: Under which the centre knows the home; empty: under its own account for us.
    account: str


class HandOvers:
    """The centres of the database, and what was said to them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def centres(self) -> list[Centre]:
        """Read all centres, by their names: what an operator may pick."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(f"{_CENTRES} order by name, centre_id")
            return [rows.read(row, Centre) for row in await cursor.fetchall()]

    async def centre(self, centre_id: str) -> Centre | None:
        """Read one centre."""
        return next((one for one in await self.centres() if one.centre_id == centre_id), None)

    async def put(self, centre: Centre) -> None:
        """Add a centre, or change it."""
        async with self._pool.connection() as connection:
            await connection.execute(_PUT, asdict(centre))

    async def put_home(self, centre_id: str, home_id: str, account: str) -> None:
        """Say under which account a centre knows a home; raise BadCentre when there is no such centre."""
        if await self.centre(centre_id) is None:
            raise BadCentre(f"{centre_id}: there is no such centre")
        async with self._pool.connection() as connection:
            await connection.execute(_PUT_HOME, {"centre_id": centre_id, "home_id": home_id, "account": account})

    async def remove(self, centre_id: str) -> bool:
        """Remove a centre; answer whether it was there."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute("delete from centre where centre_id = %(id)s", {"id": centre_id})
        return cursor.rowcount > 0

    async def next_seq(self, centre_id: str) -> int:
        """Draw a number for a message that belongs to no case."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_DRAW, {"centre_id": centre_id})).fetchone()
        if row is None:
            raise BadCentre(f"{centre_id}: there is no such centre")
        return int(f"{row[0]}")

    async def claim(self, limit: int = 8) -> list[Asked]:
        """Number what operators asked for, and claim what is due; nobody else gets it until the lease ends."""
        async with self._pool.connection() as connection:
            async with connection.transaction():
                waiting = await (await connection.execute(_NEW)).fetchall()
                for alert_id, version, centre_id in waiting:
                    await connection.execute(_ASK, {"alert_id": alert_id, "version": version, "centre_id": centre_id})
                await connection.execute(_TAKEN_BACK)
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_CLAIM, {"limit": limit, "lease": LEASE_SECONDS})
            return [rows.read(row, Asked) for row in await cursor.fetchall()]

    async def later(self, asked: Asked, answer: str, seconds: float) -> None:
        """Try again under the same number after so long."""
        await self._run(_LATER, asked, answer=answer, seconds=seconds)

    async def settle(self, asked: Asked, state: str, answer: str) -> None:
        """Write down how it went."""
        await self._run(_SETTLE, asked, answer=answer, state=state)

    async def _run(self, statement: Any, asked: Asked, **more: object) -> None:  # a LiteralString, handed through
        named = {"alert_id": asked.alert_id, "version": asked.version, "attempts": asked.attempts}
        async with self._pool.connection() as connection:
            await connection.execute(statement, named | more)


#: Longer than a try may take.
LEASE_SECONDS: Final = 30
_CENTRES: Final = "select centre_id, name, way, address, account, receiver, line, token, locked_key from centre"
_PUT: Final = """
    insert into centre (centre_id, name, way, address, account, receiver, line, token, locked_key)
    values (%(centre_id)s, %(name)s, %(way)s, %(address)s, %(account)s, %(receiver)s, %(line)s, %(token)s,
        %(locked_key)s)
    on conflict (centre_id) do update set name = excluded.name, way = excluded.way, address = excluded.address,
        account = excluded.account, receiver = excluded.receiver, line = excluded.line, token = excluded.token,
        locked_key = excluded.locked_key, changed_at = now()
"""
_PUT_HOME: Final = """
    insert into centre_home (centre_id, home_id, account) values (%(centre_id)s, %(home_id)s, %(account)s)
    on conflict (centre_id, home_id) do update set account = excluded.account
"""
_DRAW: Final = "update centre set seq = seq %% 9999 + 1 where centre_id = %(centre_id)s returning seq"
# The other centre has not answered yet. A responder's time may end before theirs: then it stands among the timers.
_UNANSWERED: Final = """(
    a.state = 'handed_over' and (a.due_for = 'hand_over' or a.timers @> '[{"due_for": "hand_over"}]')
)"""
# One hand-over is one line of the log: a case that came back and is handed over again is another.
_NEW: Final = f"""
    select a.alert_id, l.version, c.centre_id
    from alert a join centre c on a.centre in (c.centre_id, c.name)
        join lateral (
            select max(version) as version from alert_log
            where alert_log.alert_id = a.alert_id and change = 'handed_over'
        ) l on true
    where a.state <> 'resolved' and {_UNANSWERED}
        and not exists (select from hand_over h where h.alert_id = a.alert_id and h.version = l.version)
"""
_ASK: Final = """
    with drawn as (update centre set seq = seq %% 9999 + 1 where centre_id = %(centre_id)s returning seq)
    insert into hand_over (alert_id, version, centre_id, seq, due_at)
    select %(alert_id)s, %(version)s, %(centre_id)s, seq, clock_timestamp() from drawn
    on conflict do nothing
"""
# Whoever died between the alert and this row had the centre's yes already.
_TAKEN_BACK: Final = f"""
    update hand_over h set settled_at = clock_timestamp(), state = case
        when a.state = 'handed_over' and exists (
            select from centre c where c.centre_id = h.centre_id and a.centre in (c.centre_id, c.name)
        ) then 'confirmed' else 'taken_back' end
    from alert a
    where h.state = 'asked' and a.alert_id = h.alert_id and not {_UNANSWERED}
"""
_CLAIM: Final = """
    with due as (
        select alert_id, version from hand_over where state = 'asked' and due_at <= clock_timestamp()
        order by due_at limit %(limit)s for update skip locked
    )
    update hand_over h set attempts = attempts + 1, due_at = clock_timestamp() + %(lease)s * interval '1 second'
    from due, alert a
    where h.alert_id = due.alert_id and h.version = due.version and a.alert_id = h.alert_id
    returning h.alert_id, h.version, a.home_id, a.hazard, a.kind, a.severity, a.since, a.opened_at, h.centre_id,
        a.centre, h.seq,
        h.attempts, coalesce((
            select account from centre_home t where t.centre_id = h.centre_id and t.home_id = a.home_id
        ), '') as account
"""
_LATER: Final = """
    update hand_over set due_at = clock_timestamp() + %(seconds)s * interval '1 second', answer = %(answer)s
    where alert_id = %(alert_id)s and version = %(version)s and attempts = %(attempts)s and state = 'asked'
"""
_SETTLE: Final = """
    update hand_over set state = %(state)s, answer = %(answer)s, settled_at = clock_timestamp()
    where alert_id = %(alert_id)s and version = %(version)s and state = 'asked'
"""
