"""History as a flow: what homes said between two moments, in the order in which it came, day by day."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from contracts import HomeId, Reading
from contracts.rows import ReadingRow, reading_of
from runtime.postgres import Pool

#: A reading's own time lies no further than this before and after its arrival (what is further is written as arrival).
_OLDEST: Final = timedelta(hours=25)
_NEWEST: Final = timedelta(minutes=3)
#: So much is read at once.
_SPAN: Final = timedelta(days=1)
#: Who says whether we heard at all: so many homes, and never fewer than this.
_WITNESSES: Final = 40
_FEWEST_WITNESSES: Final = 3
#: No word of any witness for so long is our own deafness.
_DEAF_AFTER: Final = timedelta(minutes=2)


async def homes_heard(pool: Pool, from_at: datetime, to_at: datetime) -> list[HomeId]:
    """Name the homes that said something between two moments."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_HEARD, {"from_at": from_at, "to_at": to_at})
        return [HomeId(f"{row[0]}") for row in await cursor.fetchall()]


async def spans(
    pool: Pool, home_ids: Sequence[HomeId], from_at: datetime, to_at: datetime
) -> AsyncIterator[list[Reading]]:
    """Read what these homes said, a day at a time, in the order of arrival."""
    at = from_at
    while at < to_at:
        until = min(at + _SPAN, to_at)
        yield await _readings(pool, home_ids, at, until)
        at = until


async def _readings(pool: Pool, home_ids: Sequence[HomeId], from_at: datetime, to_at: datetime) -> list[Reading]:
    asked = {
        "homes": list(home_ids),
        "from_at": from_at,
        "to_at": to_at,
        "oldest": from_at - _OLDEST,
        "newest": to_at + _NEWEST,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(_READINGS, asked)
        return [reading_of(ReadingRow._make(row)) for row in await cursor.fetchall()]


async def deaf_between(pool: Pool, from_at: datetime, to_at: datetime) -> list[tuple[datetime, datetime]]:
    """Tell when we heard none of the homes: that was we, and not they. With too few homes nobody can tell."""
    witnesses = (await homes_heard(pool, from_at, to_at))[:_WITNESSES]
    if len(witnesses) < _FEWEST_WITNESSES:
        return []
    asked = {"homes": witnesses, "from_at": from_at, "to_at": to_at}
    async with pool.connection() as connection:
        cursor = await connection.execute(_MINUTES, asked)
        minutes = [row[0] for row in await cursor.fetchall()]
    return gaps([minute.astimezone(UTC) for minute in minutes if isinstance(minute, datetime)], from_at, to_at)


def gaps(minutes: Iterable[datetime], from_at: datetime, to_at: datetime) -> list[tuple[datetime, datetime]]:
    """Tell the gaps between minutes in which somebody was heard."""
    found: list[tuple[datetime, datetime]] = []
    heard = from_at
    for minute in [*minutes, to_at]:
        if minute - heard >= _DEAF_AFTER:
            found.append((heard, minute))
        heard = max(heard, minute + timedelta(minutes=1))
    return found


_READINGS: Final = """
    select ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id, detail
    from reading
    where home_id = any(%(homes)s) and ts >= %(oldest)s and ts < %(newest)s
        and received_at >= %(from_at)s and received_at < %(to_at)s
    order by received_at, ts, reading_id
"""
#: Every home that is registered, if it has a row in the span: one look into the index for each.
_HEARD: Final = """
    select home_id from home
    where exists (
        select 1 from reading
        where reading.home_id = home.home_id and ts >= %(from_at)s and ts < %(to_at)s
    )
    order by home_id
"""
_MINUTES: Final = """
    select distinct date_trunc('minute', received_at) as minute
    from reading
    where home_id = any(%(homes)s) and ts >= %(from_at)s and ts < %(to_at)s
    order by minute
"""
