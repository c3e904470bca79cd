"""What an auditor sees in PostgreSQL, and the faults that it keeps there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

from alerts import rows
from alerts.audit.faults import Facts, Fault, Trouble
from alerts.audit.paging import Page, again_after
from contracts.ids import SYNTHETIC_PREFIX
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A fault as it was written down."""

    fault: Fault
    about: str
    worker: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What stands now, of this worker and of all others, and what of it is new, or over."""

    standing: tuple[Standing, ...]
    began: tuple[Standing, ...]
    ended: tuple[Standing, ...]


class AuditStore:
    """The facts and the faults of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def facts(self) -> Facts:
        """Look at everything that is seen by an index; a table is never read whole."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(FACTS)
            (row,) = await cursor.fetchall()
        return rows.read(row, Facts)

    async def nobody_listed(self) -> list[str]:
        """Name the watched homes that have nobody who could be called; all homes are read for it."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_NOBODY_LISTED, {"synthetic": SYNTHETIC_PREFIX})
            return [f"{home_id}" for (home_id,) in await cursor.fetchall()]

    async def keep(self, worker: str, troubles: Iterable[Trouble]) -> Kept:
        """Write down what holds and end what does not."""
        seen = [
            {"fault": one.fault, "about": one.about, "worker": worker if one.of_worker else "", "count": one.count}
            for one in troubles
        ]
        asked = {"seen": msgspec.json.encode(seen).decode(), "worker": worker, "gone": WORKER_GONE.total_seconds()}
        async with self._pool.connection() as connection, connection.transaction():
            held = await _asked(connection, _HOLD, asked)
            ended = await _asked(connection, _END, asked)
            standing = await _asked(connection, _STANDING, {})
        return Kept(
            standing=tuple(rows.read(row, Standing) for row in standing),
            began=tuple(rows.read(row, Standing) for row in held if row["new"]),
            ended=tuple(rows.read(row, Standing) for row in ended),
        )

    async def claim(self) -> list[Page]:
        """Claim the pages that are due; nobody else sends them until the lease ends."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_CLAIM, {"lease": _LEASE_SECONDS})
            return [rows.read(row, Page) for row in await cursor.fetchall()]

    async def paged(self, page: Page) -> None:
        """Write down that engineers have a page; while the fault holds, they hear of it again later."""
        asked = {
            "fault_id": page.fault_id,
            "ended": page.ended_at is not None,
            "again": again_after(page.fault).total_seconds(),
        }
        async with self._pool.connection() as connection:
            await connection.execute(_PAGED, asked)


async def _asked(connection: Connection, statement: LiteralString, asked: Mapping[str, object]) -> list[DictRow]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return await cursor.fetchall()


#: What a worker saw of itself ends when nobody has said it for so long: the worker is gone.
WORKER_GONE: Final = timedelta(minutes=2)
#: Longer than every channel together may take.
_LEASE_SECONDS: Final = 60
FACTS: Final = """
    select clock_timestamp() as now,
        (select count(*) from alert where state <> 'resolved' and due_at is null) as without_timer,
        (select min(due_at) from alert where state <> 'resolved' and due_at <= clock_timestamp()) as timer_due_at,
        (select min(due_at) from notification
            where state = 'queued' and attempts = 0 and due_at <= clock_timestamp()) as unclaimed_due_at,
        (select min(due_at) from notification
            where state = 'queued' and attempts > 0 and due_at <= clock_timestamp()) as stuck_due_at,
        (select min(passed_on_at) from notification
            where state = 'queued' and passed_on_at is not null) as passed_on_at,
        (select (change ->> 'at')::timestamptz from alert_change order by sequence limit 1) as change_told_at,
        (select min(follow_up_at) from alert where follow_up = 'due') as follow_up_at,
        (select max(pressed_at) from synthetic_press) as pressed_at,
        (select min(pressed_at) from synthetic_press where called_at is null and pressed_at > coalesce(
            (select max(pressed_at) from synthetic_press where called_at is not null), '-infinity'
        )) as missed_at
"""
# A policy that calls a roster has somebody without a list of the home's own.
_NOBODY_LISTED: Final = """
    select h.home_id from home h join policy p using (policy_id)
    where h.watched and not starts_with(h.home_id, %(synthetic)s)
        and not exists (
            select from home_responder call join responder r using (responder_id)
            where call.home_id = h.home_id and call.consented and jsonb_array_length(r.contacts) > 0
                and r.kind <> 'in_the_home'
        )
        and not jsonb_path_exists(p.steps, '$[*].rosters[*]')
    order by h.home_id
"""
_HOLD: Final = """
    insert into service_fault (fault, about, worker, count, began_at, holds_at, page_due_at)
    select fault, about, worker, count, clock_timestamp(), clock_timestamp(), clock_timestamp()
    from jsonb_to_recordset(%(seen)s) as seen (fault text, about text, worker text, count integer)
    on conflict (fault, about, worker) where ended_at is null
    do update set holds_at = excluded.holds_at, count = excluded.count
    returning fault, about, worker, xmax = 0 as new
"""
# Who was told that it began is told that it is over.
_END: Final = """
    update service_fault set ended_at = clock_timestamp(),
        page_due_at = case when pages > 0 then clock_timestamp() end
    where ended_at is null and (
        worker in ('', %(worker)s) and (fault, about, worker) not in (
            select fault, about, worker
            from jsonb_to_recordset(%(seen)s) as seen (fault text, about text, worker text)
        )
        or worker not in ('', %(worker)s) and holds_at < clock_timestamp() - %(gone)s * interval '1 second'
    )
    returning fault, about, worker
"""
_STANDING: Final = "select fault, about, worker from service_fault where ended_at is null"
_CLAIM: Final = """
    update service_fault set page_due_at = clock_timestamp() + %(lease)s * interval '1 second'
    where fault_id in (
        select fault_id from service_fault where page_due_at <= clock_timestamp()
        order by page_due_at limit 10 for update skip locked
    )
    returning fault_id, fault, about, count, began_at, ended_at, pages, clock_timestamp() as now
"""
# A fault that ended while its beginning was told is told as ended next.
_PAGED: Final = """
    update service_fault set pages = pages + 1, page_due_at = case
        when %(ended)s then null
        when ended_at is not null then clock_timestamp()
        else clock_timestamp() + %(again)s * interval '1 second' end
    where fault_id = %(fault_id)s
"""
