"""Offers in PostgreSQL. Of two answers to one offer, the first is true."""

from typing import Final

from psycopg.rows import dict_row

from alerts import rows
from console.board.offering.offer import LASTS_SECONDS, Ended, Offer
from contracts import AlertId
from runtime.postgres import Pool

#: So long an ended offer is told: each page hears of it within a tick or two.
TOLD_SECONDS: Final = 30
_COLUMNS: Final = "offer_id, alert_id, giver, taker, ends_at, ended"
# An offer lapses by itself; what is written of it only makes room for the next.
_LAPSE: Final = """
    update case_offer set ended = 'lapsed', ended_at = ends_at where ended is null and ends_at <= now()
"""
_MAKE: Final = f"""
    insert into case_offer (alert_id, giver, taker, ends_at)
    values (%(alert_id)s, %(giver)s, %(taker)s, now() + make_interval(secs => %(seconds)s))
    on conflict (alert_id) where ended is null do nothing
    returning {_COLUMNS}
"""
_END: Final = f"""
    update case_offer set ended = %(ended)s, ended_at = now()
    where alert_id = %(alert_id)s and ended is null and ends_at > now()
        and case when %(ended)s = 'withdrawn' then giver else taker end = %(by)s
    returning {_COLUMNS}
"""
_UNDO: Final = "update case_offer set ended = 'withdrawn', ended_at = now() where offer_id = %(offer_id)s"
# It writes nothing: boards ask it every two seconds, also of a database that can only be read.
_LATELY: Final = """
    select offer_id, alert_id, giver, taker, ends_at,
        case when ended is null and ends_at <= now() then 'lapsed' else ended end as ended
    from case_offer
    where ended_at > now() - make_interval(secs => %(seconds)s)
        or ended is null and ends_at > now() - make_interval(secs => %(seconds)s)
    order by offer_id
"""


class Offers:
    """What is on its way between operators."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def make(self, alert_id: AlertId, *, giver: str, taker: str, seconds: int = LASTS_SECONDS) -> Offer | None:
        """Offer a case; None while it is offered to somebody."""
        asked = {"alert_id": alert_id, "giver": giver, "taker": taker, "seconds": seconds}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_LAPSE)
            cursor = connection.cursor(row_factory=dict_row)
            row = await (await cursor.execute(_MAKE, asked)).fetchone()
            return rows.read(row, Offer) if row else None

    async def end(self, alert_id: AlertId, ended: Ended, *, by: str) -> Offer | None:
        """Let the taker answer, or the giver take it back; None when there is nothing of theirs to end any more."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_END, {"alert_id": alert_id, "ended": ended, "by": by})
            row = await cursor.fetchone()
            return rows.read(row, Offer) if row else None

    async def undo(self, one: Offer) -> None:
        """Take a yes back whose case did not go over: else its giver is told that somebody has it."""
        async with self._pool.connection() as connection:
            await connection.execute(_UNDO, {"offer_id": one.offer_id})

    async def lately(self) -> tuple[Offer, ...]:
        """Read the open offers and those that ended a moment ago; whose time is over has lapsed."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_LATELY, {"seconds": TOLD_SECONDS})
            return tuple(rows.read(row, Offer) for row in await cursor.fetchall())
