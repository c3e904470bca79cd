"""The database's clock went back: whatever waits by what it said before is due that much earlier.

Every due time is the database's clock and a delay. When that clock is put back, or a standby takes over whose clock is
behind, what was written before would wait until the clock comes there again: with ten minutes between them, somebody
waits for ten minutes. A row tells that by itself: its due times were written in the future. What was written by a clock
that is right, and what a clock ahead made due too early, stays: better a call too early than one too late.

The accounts stay as they were written: when an alert was opened, and every line of its log.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, LiteralString

import structlog
from psycopg import AsyncConnection

from alerts import metrics
from runtime.postgres import Pool

log = structlog.get_logger()

Connection = AsyncConnection[Any]

#: Less than this is how a clock is kept right; what waits so much longer is not late.
TOLERATED_SECONDS: Final = 2.0
#: So many rows of a table are moved in one transaction: a cry in one of these homes waits for no more.
MOST: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What a step back of the clock would have made late."""

    seconds: float
    alerts: int
    calls: int
    #: Hand-overs to other centres and pages to engineers.
    others: int


async def put_right(pool: Pool) -> Moved | None:
    """Move what was written in the future, as much as one transaction bears; None: nothing was.

    Several workers may, and one does. What somebody else has in hand is moved by the next turn.
    """
    async with pool.connection() as connection, connection.transaction():
        if not await _ours(connection):
            return None
        await connection.execute(_LEASES)
        stepped, written = await _ahead(connection)
        moved = await _move(connection, max(stepped, written))
        await connection.execute(_SEEN)
    if stepped > TOLERATED_SECONDS:
        metrics.clock_steps.inc()
        log.warning("clock_stepped_back", seconds=round(stepped, 1))
    if moved:
        log.warning("due_times_moved", **asdict(moved))
    return moved


async def _ours(connection: Connection) -> bool:
    row = await (await connection.execute("select pg_try_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})).fetchone()
    return bool(row and row[0])


async def _ahead(connection: Connection) -> tuple[float, float]:
    """Ask by how many seconds this clock is behind what it said before, and behind the newest that waits."""
    ((stepped, written),) = await (await connection.execute(AHEAD)).fetchall()
    return float(stepped or 0), float(written or 0)


async def _move(connection: Connection, ahead: float) -> Moved | None:
    if ahead <= TOLERATED_SECONDS:
        return None
    asked = {"ahead": ahead, "tolerated": TOLERATED_SECONDS, "most": MOST}
    alerts, calls, *others = [(await connection.execute(move, asked)).rowcount for move in _MOVES]
    moved = Moved(seconds=round(ahead, 1), alerts=alerts, calls=calls, others=sum(others))
    return moved if alerts or calls or moved.others else None


#: Any fixed number: whoever moves what waits holds this advisory lock.
_LOCK: Final = 0x646F6C73
# Each line goes by a partial index, and costs the same however much is settled, or waits.
AHEAD: Final = """
    select (select extract(epoch from at - clock_timestamp()) from clock_seen),
        extract(epoch from max(written_at) - clock_timestamp())
    from (
        select max(written_at) as written_at from alert where state <> 'resolved' or follow_up = 'due'
        union all select max(written_at) from notification where state = 'queued' or receipt_due_at is not null
        union all select max(written_at) from hand_over where state = 'asked'
        union all select max(written_at) from service_fault where page_due_at is not null
    ) as waiting
"""
_SEEN: Final = """
    insert into clock_seen (at) values (clock_timestamp()) on conflict (one) do update set at = excluded.at
"""
_BY: Final = "%(ahead)s * interval '1 second'"
_IN_THE_FUTURE: Final = "written_at > clock_timestamp() + %(tolerated)s * interval '1 second'"
# Nobody waits for a row here, so that nobody waits in a circle.
_SOME: Final = "limit %(most)s for no key update skip locked"


def _earlier(column: LiteralString, name: LiteralString) -> LiteralString:
    """Move one time in each element of a list."""
    return f"""{column} = coalesce((
            select jsonb_agg(
                jsonb_set(each, '{{{name}}}', to_jsonb((each ->> '{name}')::timestamptz - {_BY})) order by place)
            from jsonb_array_elements(a.{column}) with ordinality as listed (each, place)
        ), '[]')"""


_ALERTS: Final = f"""
    with future as (
        select alert_id from alert where (state <> 'resolved' or follow_up = 'due') and {_IN_THE_FUTURE}
        order by array_position(array['emergency', 'urgent', 'caution', 'notice', 'device'], severity) {_SOME}
    )
    update alert a set due_at = due_at - {_BY}, owner_until = owner_until - {_BY}, cry_rang_at = cry_rang_at - {_BY},
        follow_up_at = follow_up_at - {_BY}, remind_at = remind_at - {_BY},
        {_earlier("timers", "at")},
        {_earlier("visits", "expected_at")}
    from future where a.alert_id = future.alert_id
"""
_CALLS: Final = f"""
    with future as (
        select notification_id from notification
        where (state = 'queued' or receipt_due_at is not null) and {_IN_THE_FUTURE} order by rank {_SOME}
    )
    update notification n set due_at = due_at - {_BY}, send_at = send_at - {_BY},
        receipt_due_at = receipt_due_at - {_BY}, claimed_at = claimed_at - {_BY}
    from future where n.notification_id = future.notification_id
"""
_HAND_OVERS: Final = f"update hand_over set due_at = due_at - {_BY} where state = 'asked' and {_IN_THE_FUTURE}"
_PAGES: Final = f"""
    update service_fault set page_due_at = page_due_at - {_BY} where page_due_at is not null and {_IN_THE_FUTURE}
"""
_MOVES: Final = (_ALERTS, _CALLS, _HAND_OVERS, _PAGES)
# Nobody takes a lease for longer than ten seconds; the holder's own clock, which has not gone back, ends it in time.
_LEASES: Final = """
    update alert_lease set until_at = clock_timestamp() + interval '10 seconds'
    where until_at > clock_timestamp() + interval '12 seconds'
"""
