"""The links by which calendars read a roster, in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from psycopg.rows import class_row

from runtime.postgres import Pool


@dataclass(frozen=True, kw_only=True)
class FeedLink:
    """A link that is in use."""

    roster_id: str
    made_by: str
    made_at: datetime
    read_at: datetime | None


class FeedStore:
    """The table of `0038_roster_feeds.sql`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def make(self, secret: str, roster_id: str, by: str, at: datetime) -> None:
        """Keep a new link; only its digest is kept."""
        about = {"digest": _digest(secret), "roster_id": roster_id, "by": by, "at": at}
        async with self._pool.connection() as connection:
            await connection.execute(_MAKE, about)

    async def read(self, secret: str, at: datetime) -> str | None:
        """Tell which roster a link opens; None: none, or none any more."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_READ, {"digest": _digest(secret), "at": at})
            row = await cursor.fetchone()
        return f"{row[0]}" if row else None

    async def end(self, roster_id: str, at: datetime) -> None:
        """Take back every link of a roster."""
        async with self._pool.connection() as connection:
            await connection.execute(_END, {"roster_id": roster_id, "at": at})

    async def of_roster(self, roster_id: str) -> list[FeedLink]:
        """List the links of a roster that are in use."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(FeedLink))
            await cursor.execute(_OF_ROSTER, {"roster_id": roster_id})
            return await cursor.fetchall()


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


_MAKE: Final = """
    insert into roster_feed (digest, roster_id, made_by, made_at) values (%(digest)s, %(roster_id)s, %(by)s, %(at)s)
"""
_READ: Final = """
    update roster_feed set read_at = %(at)s where digest = %(digest)s and ended_at is null returning roster_id
"""
_END: Final = "update roster_feed set ended_at = %(at)s where roster_id = %(roster_id)s and ended_at is null"
_OF_ROSTER: Final = """
    select roster_id, made_by, made_at, read_at from roster_feed
    where roster_id = %(roster_id)s and ended_at is null order by made_at
"""
