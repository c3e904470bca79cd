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
from alerts.kafka import LEASE
from runtime.postgres import Pool

log = structlog.get_logger()

Connection = AsyncConnection[Any]

#: Less than this is how a clock is kept right; what waits so much longer is not late.
TOLERATED_SECONDS: Final = 2.0
#: So many rows of a table are changed in one transaction: a cry in one of these homes waits for no more.
MOST: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class BroughtForward:
    """What a step back of the clock would have made late."""

    seconds: float
    alerts: int
    calls: int
    #: Hand-overs to other centres and pages to engineers.
    others: int


@dataclass(frozen=True, kw_only=True)
class _Clock:
    """What the database says of its clock: all in seconds."""

    #: It went back by so much since somebody looked last.
    stepped: float
    #: Of steps before, whose rows are not all brought forward yet.
    behind: float
    #: The newest due time that waits was written so far in the future; negative: in the past.
    future: float


async def put_right(pool: Pool, most: int = MOST) -> BroughtForward | None:
    """Bring forward what was written in the future, as much as one transaction bears; None: nothing was.

    Several workers may, and one does. What somebody else has in hand comes with the next turn.
    """
    async with pool.connection() as connection, connection.transaction():
        if not await _ours(connection):
            return None
        await connection.execute(_LEASES)
        clock = await _look(connection)
        stepped = clock.stepped if clock.stepped > TOLERATED_SECONDS else 0.0
        behind = clock.behind + stepped if clock.future > TOLERATED_SECONDS else 0.0
        done = await _bring_forward(connection, max(behind, clock.future), most)
        await connection.execute(_SEEN, {"behind": behind})
    if stepped or (done and not behind):
        metrics.clock_steps.inc()
        log.warning("clock_stepped_back", seconds=round(stepped or clock.future, 1))
    if done:
        log.warning("due_times_brought_forward", **asdict(done))
    return done


async def _ours(connection: Connection) -> bool:
    row = await (await connection.execute("select pg_try_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})).fetchone()
    return bool(row and row[0])


async def _look(connection: Connection) -> _Clock:
    ((stepped, behind, future),) = await (await connection.execute(LOOK)).fetchall()
    return _Clock(stepped=float(stepped or 0), behind=float(behind or 0), future=float(future or 0))


async def _bring_forward(connection: Connection, seconds: float, most: int) -> BroughtForward | None:
    if seconds <= TOLERATED_SECONDS:
        return None
    asked = {"seconds": seconds, "tolerated": TOLERATED_SECONDS, "most": most}
    alerts, calls, *others = [(await connection.execute(each, asked)).rowcount for each in _ALL]
    done = BroughtForward(seconds=round(seconds, 1), alerts=alerts, calls=calls, others=sum(others))
    return done if alerts or calls or done.others else None


#: Any fixed number: whoever brings forward what waits holds this advisory lock.
_LOCK: Final = 0x646F6C73
# Each line goes by a partial index, and costs the same however much is settled, or waits.
LOOK: Final = """
    select (select extract(epoch from at - clock_timestamp()) from clock_seen), (select behind_seconds from clock_seen),
        extract(epoch from max(written_at) - clock_timestamp())
    from (
        select max(written_at) as written_at from alert where state <> 'resolved' or follow_up = 'due'
        union all select max(written_at) from notification where state = 'queued' or receipt_due_at is not null
        union all select max(written_at) from hand_over where state = 'asked'
        union all select max(written_at) from service_fault where page_due_at is not null
    ) as waiting
"""
_SEEN: Final = """
    insert into clock_seen (at, behind_seconds) values (clock_timestamp(), %(behind)s)
    on conflict (one) do update set at = excluded.at, behind_seconds = excluded.behind_seconds
"""
_BY: Final = "%(seconds)s * interval '1 second'"
_IN_THE_FUTURE: Final = "written_at > clock_timestamp() + %(tolerated)s * interval '1 second'"
# Nobody waits for a row here, so that nobody waits in a circle.
_SOME: Final = "limit %(most)s for no key update skip locked"


def _earlier(column: LiteralString, name: LiteralString) -> LiteralString:
    """Bring forward one time in each element of a list."""
    return f"""{column} = coalesce((
            select jsonb_agg(
                jsonb_set(each, '{{{name}}}', to_jsonb((each ->> '{name}')::timestamptz - {_BY})) order by place)
            from jsonb_array_elements(t.{column}) with ordinality as listed (each, place)
        ), '[]')"""


_ALERTS: Final = f"""
    with future as (
        select alert_id from alert where (state <> 'resolved' or follow_up = 'due') and {_IN_THE_FUTURE}
        order by array_position(array['emergency', 'urgent', 'caution', 'notice', 'device'], severity) {_SOME}
    )
    update alert t set written_at = clock_timestamp(), due_at = due_at - {_BY}, owner_until = owner_until - {_BY},
        cry_rang_at = cry_rang_at - {_BY}, follow_up_at = follow_up_at - {_BY}, remind_at = remind_at - {_BY},
        {_earlier("timers", "at")},
        {_earlier("visits", "expected_at")}
    from future where t.alert_id = future.alert_id
"""
_CALLS: Final = f"""
    with future as (
        select notification_id from notification
        where (state = 'queued' or receipt_due_at is not null) and {_IN_THE_FUTURE} order by rank {_SOME}
    )
    update notification t set written_at = clock_timestamp(), due_at = due_at - {_BY}, send_at = send_at - {_BY},
        receipt_due_at = receipt_due_at - {_BY}, claimed_at = claimed_at - {_BY}
    from future where t.notification_id = future.notification_id
"""
_HAND_OVERS: Final = f"""
    with future as (
        select alert_id, version from hand_over where state = 'asked' and {_IN_THE_FUTURE} {_SOME}
    )
    update hand_over t set written_at = clock_timestamp(), due_at = due_at - {_BY}
    from future where (t.alert_id, t.version) = (future.alert_id, future.version)
"""
_PAGES: Final = f"""
    with future as (
        select fault_id from service_fault where page_due_at is not null and {_IN_THE_FUTURE} {_SOME}
    )
    update service_fault t set written_at = clock_timestamp(), page_due_at = page_due_at - {_BY}
    from future where t.fault_id = future.fault_id
"""
_ALL: Final = (_ALERTS, _CALLS, _HAND_OVERS, _PAGES)
# Nobody takes a lease for longer; the holder's own clock, which has not gone back, ends it in time.
_LEASES: Final = f"""
    with future as (
        select name from alert_lease where until_at > clock_timestamp() + {LEASE} + interval '2 seconds'
        for no key update skip locked
    )
    update alert_lease t set until_at = clock_timestamp() + {LEASE} from future where t.name = future.name
"""
