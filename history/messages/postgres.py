"""The rings in PostgreSQL: written over in place, emptied after a day, and read for the engineer's pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString

import msgspec
from psycopg import AsyncConnection

from contracts import MOST_HEARD, Became, HeardMessage, HomeId, Objection, RefusalReason
from history.messages.rings import STRANGERS, Rings, Standing, message_rows, refused_rows, ring_rows
from runtime.postgres import Pool

#: What is older is not shown, and goes at the next look of the keeper.
KEPT: Final = timedelta(hours=24)

Connection = AsyncConnection[Any]


async def put(connection: Connection, rings: Rings) -> None:
    """Write messages into their rings, in the transaction of the caller."""
    asked = {"rings": _json(ring_rows(rings)), "new": _json(message_rows(rings)), "size": MOST_HEARD}
    await connection.execute(_PUT, asked)
    if rings.refused:
        await connection.execute(_COUNT, {"new": _json(refused_rows(rings))})


async def keep(connection: Connection) -> None:
    """Take away what is older than a day: of rings that were written over meanwhile only one row each is looked at."""
    asked = {"kept": KEPT, "size": MOST_HEARD}
    async with connection.transaction():
        await connection.execute(_FORGET, asked)
    await connection.execute(_FORGET_RINGS, asked)
    await connection.execute(_FORGET_COUNTS, asked)


class MessageStore:
    """What engineers ask of the rings."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def last(self, home_id: HomeId, *, now: datetime) -> list[HeardMessage]:
        """Read the last messages of a home, the newest first; strangers that claim to be it stand among them."""
        asked = {"rings": [home_id, STRANGERS], "home": home_id, "since": now - KEPT, "most": MOST_HEARD}
        return [_heard(row) for row in await self._rows(_LAST + _OF_HOME + _NEWEST_FIRST, asked)]

    async def strangers(self, *, now: datetime) -> list[HeardMessage]:
        """Read the last messages that no home of ours sent, the newest first."""
        asked = {"rings": [STRANGERS], "since": now - KEPT, "most": MOST_HEARD}
        return [_heard(row) for row in await self._rows(_LAST + _NEWEST_FIRST, asked)]

    async def standings(self, home_ids: Sequence[HomeId], *, now: datetime) -> dict[HomeId, Standing]:
        """Tell for each of these homes how its messages of the last 24 h fared."""
        rows = await self._rows(_STANDINGS, {"homes": list(home_ids), "since": now - KEPT})
        return {
            HomeId(home_id): Standing(refused=refused, newest_at=newest_at and newest_at.astimezone(UTC), behind=behind)
            for home_id, refused, newest_at, behind in rows
        }

    async def most_refused(self, most: int, *, now: datetime) -> list[HomeId]:
        """Name the homes of which the most messages were refused in the last 24 h."""
        return [HomeId(row[0]) for row in await self._rows(_MOST_REFUSED, {"since": now - KEPT, "most": most})]

    async def _rows(self, statement: LiteralString, asked: dict[str, object]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, asked)).fetchall()


def _heard(row: tuple[Any, ...]) -> HeardMessage:
    ring, home_id, topic, received_at, observed_at, retained, duplicate, payload, size, became, readings, refusals = row
    return HeardMessage(
        home_id=home_id,
        topic=topic,
        received_at=received_at.astimezone(UTC),
        observed_at=observed_at and observed_at.astimezone(UTC),
        retained=retained,
        duplicate=duplicate,
        payload=bytes(payload),
        payload_bytes=size,
        became=tuple(Became(sensor_id=sensor, kind=kind, value=value) for sensor, kind, value in became),
        readings=readings,
        refusals=tuple(
            Objection(reason=RefusalReason(reason), detail=detail, kept=kept) for reason, detail, kept in refusals
        ),
        stranger=ring == STRANGERS,
    )


def _json(rows: list[dict[str, object]]) -> str:
    return msgspec.json.encode(rows).decode()


_PUT: Final = """
    with turned as (
        insert into gateway_ring as ring (ring, heard, first, newest_at)
        select new.ring, new.heard, greatest(0, new.heard - %(size)s), new.newest_at
        from jsonb_to_recordset(%(rings)s) as new (ring text, heard bigint, newest_at timestamptz)
        on conflict (ring) do update
        set heard = ring.heard + excluded.heard,
            first = greatest(ring.first, ring.heard + excluded.heard - %(size)s),
            newest_at = greatest(ring.newest_at, excluded.newest_at)
        returning ring.ring, ring.heard
    )
    insert into gateway_message (ring, slot, home_id, topic, received_at, observed_at, retained, duplicate, payload,
        payload_bytes, became, readings, refusals)
    select new.ring, (turned.heard - 1 - new.back) %% %(size)s, home_id, topic, received_at, observed_at, retained,
        duplicate, decode(payload, 'hex'), payload_bytes, became, readings, refusals
    from jsonb_to_recordset(%(new)s) as new (ring text, back integer, home_id text, topic text,
        received_at timestamptz, observed_at timestamptz, retained boolean, duplicate boolean, payload text,
        payload_bytes integer, became jsonb, readings integer, refusals jsonb)
    join turned using (ring)
    on conflict (ring, slot) do update
    set home_id = excluded.home_id, topic = excluded.topic, received_at = excluded.received_at,
        observed_at = excluded.observed_at, retained = excluded.retained, duplicate = excluded.duplicate,
        payload = excluded.payload, payload_bytes = excluded.payload_bytes, became = excluded.became,
        readings = excluded.readings, refusals = excluded.refusals
"""
_COUNT: Final = """
    insert into gateway_refused as known (hour, home_id, messages)
    select hour, home_id, messages
    from jsonb_to_recordset(%(new)s) as new (hour timestamptz, home_id text, messages integer)
    on conflict (home_id, hour) do update set messages = known.messages + excluded.messages
"""
# A ring whose oldest message is young is all young, so one look by the key tells. What is being written is skipped.
_FORGET: Final = """
    with old as (
        select ring.ring from gateway_ring ring
        left join gateway_message oldest on oldest.ring = ring.ring and oldest.slot = ring.first %% %(size)s
        where ring.first < ring.heard and coalesce(oldest.received_at < now() - %(kept)s::interval, true)
        for update of ring skip locked
    ), gone as (
        delete from gateway_message message using old
        where message.ring = old.ring and message.received_at < now() - %(kept)s::interval
        returning message.ring
    )
    update gateway_ring set first = least(heard, first + counted.messages)
    from (select ring, count(*) as messages from gone group by ring) as counted
    where gateway_ring.ring = counted.ring
"""
_FORGET_RINGS: Final = "delete from gateway_ring where first >= heard and newest_at < now() - %(kept)s::interval"
_FORGET_COUNTS: Final = "delete from gateway_refused where hour < now() - %(kept)s::interval - interval '1 hour'"
_LAST: Final = """
    select message.ring, home_id, topic, received_at, observed_at, retained, duplicate, payload, payload_bytes, became,
        readings, refusals
    from gateway_message message join gateway_ring ring using (ring)
    where message.ring = any(%(rings)s) and received_at > %(since)s
"""
_OF_HOME: Final = " and home_id = %(home)s"
_NEWEST_FIRST: Final = """
    order by received_at desc, (slot - ring.heard %% %(most)s + %(most)s) %% %(most)s desc
    limit %(most)s
"""
_STANDINGS: Final = """
    select asked.home_id,
        (select coalesce(sum(messages), 0) from gateway_refused
            where home_id = asked.home_id and hour > %(since)s)::integer,
        (select newest_at from gateway_ring where ring = asked.home_id and newest_at > %(since)s),
        (select min(received_at - observed_at) from gateway_message
            where ring = asked.home_id and received_at > %(since)s and not retained)
    from unnest(%(homes)s::text[]) as asked (home_id)
"""
_MOST_REFUSED: Final = """
    select home_id from gateway_refused where hour > %(since)s group by home_id
    order by sum(messages) desc, home_id limit %(most)s
"""
