"""The database's clock went back: whatever waits by what it said before is due that much earlier.

Every due time is the database's clock and a delay. When that clock is put back, or a standby takes over whose clock is
behind, what was written before would wait until the clock comes there again: with ten minutes between them, a cry waits
for ten minutes. A row tells that by itself: it was written in the future. What was written by a clock that is right,
and what a clock ahead made due too early, stays: better a call too early than one too late.

The accounts stay as they were written: when an alert was opened, and every line of its log.
"""

from dataclasses import dataclass
from typing import Any, Final

import structlog
from psycopg import AsyncConnection

from alerts import metrics
from runtime.postgres import Pool

log = structlog.get_logger()

#: Less than this is how a clock is kept right; what waits so much longer is not late.
TOLERATED_SECONDS: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What a step back of the clock would have made late."""

    seconds: float
    alerts: int
    calls: int
    #: Hand-overs to other centres and pages to engineers.
    others: int


async def put_right(pool: Pool) -> Moved | None:
    """Move whatever was written in the future; None: nothing was. Several workers may, and one does."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_LEASES)
        row = await (await connection.execute(AHEAD)).fetchone()
        ahead = float(str(row[0])) if row and row[0] is not None else 0.0
        if ahead <= TOLERATED_SECONDS or not await _ours(connection):
            return None
        asked = {"ahead": ahead, "tolerated": TOLERATED_SECONDS}
        alerts, calls, *others = [(await connection.execute(move, asked)).rowcount for move in _MOVES]
    moved = Moved(seconds=round(ahead, 1), alerts=alerts, calls=calls, others=sum(others))
    metrics.clock_steps.inc()
    log.warning("clock_stepped_back", seconds=moved.seconds, alerts=alerts, calls=calls, others=moved.others)
    return moved


async def _ours(connection: AsyncConnection[Any]) -> bool:
    row = await (await connection.execute("select pg_try_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})).fetchone()
    return bool(row and row[0])


#: Any fixed number: whoever moves what waits holds this advisory lock.
_LOCK: Final = 0x646F6C73
# Each line goes by a partial index, and costs the same however much is settled.
AHEAD: Final = """
    select extract(epoch from max(written_at) - clock_timestamp()) from (
        select max(written_at) as written_at from alert where state <> 'resolved'
        union all select max(written_at) from alert where follow_up = 'due'
        union all select max(written_at) from notification where state = 'queued'
        union all select max(written_at) from notification where receipt_due_at is not null
        union all select max(written_at) from hand_over where state = 'asked'
        union all select max(written_at) from service_fault where page_due_at is not null
    ) as waiting
"""
_BY: Final = "%(ahead)s * interval '1 second'"
_IN_THE_FUTURE: Final = "written_at > clock_timestamp() + %(tolerated)s * interval '1 second'"
# In the order in which others lock them, so that two never wait for each other.
_ALERTS: Final = f"""
    with future as (
        select alert_id from alert where (state <> 'resolved' or follow_up = 'due') and {_IN_THE_FUTURE}
        order by alert_id for update
    )
    update alert a set due_at = due_at - {_BY}, owner_until = owner_until - {_BY}, cry_rang_at = cry_rang_at - {_BY},
        follow_up_at = follow_up_at - {_BY}, remind_at = remind_at - {_BY},
        timers = coalesce((
            select jsonb_agg(jsonb_set(timer, '{{at}}', to_jsonb((timer ->> 'at')::timestamptz - {_BY})) order by place)
            from jsonb_array_elements(a.timers) with ordinality as each (timer, place)
        ), '[]')
    from future where a.alert_id = future.alert_id
"""
_CALLS: Final = f"""
    with future as (
        select notification_id from notification
        where (state = 'queued' or receipt_due_at is not null) and {_IN_THE_FUTURE}
        order by notification_id for update
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
