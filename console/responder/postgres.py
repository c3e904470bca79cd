"""Which telephone a link belongs to, and which presses were carried out, in PostgreSQL."""

from psycopg.rows import scalar_row

from alerts.links import LinkClaim
from runtime.postgres import Pool

#: A telephone says nothing again after so long: its link is over by then.
_KEPT = "2 days"


class Telephones:
    """The tables of `0040_field.sql`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, claim: LinkClaim) -> bytes | None:
        """Load the digest of the telephone that a link belongs to; None until its first press."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            await cursor.execute(
                "select telephone from link_telephone"
                " where alert_id = %(alert_id)s and responder_id = %(responder_id)s",
                _about(claim),
            )
            found = await cursor.fetchone()
        return bytes(found) if found is not None else None

    async def bind(self, claim: LinkClaim, telephone: bytes) -> None:
        """Let a link belong to this telephone from now on."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "insert into link_telephone (alert_id, responder_id, telephone)"
                " values (%(alert_id)s, %(responder_id)s, %(telephone)s)"
                " on conflict (alert_id, responder_id)"
                " do update set telephone = excluded.telephone, bound_at = now(), tries = 0",
                {**_about(claim), "telephone": telephone},
            )

    async def may_try(self, claim: LinkClaim, most: int) -> bool:
        """Count a code that somebody comes with; tell whether there may still be one."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "update link_telephone set tries = tries + 1"
                " where alert_id = %(alert_id)s and responder_id = %(responder_id)s and tries < %(most)s",
                {**_about(claim), "most": most},
            )
            return cursor.rowcount == 1

    async def was_pressed(self, claim: LinkClaim, key: str) -> bool:
        """Tell whether a press was carried out before."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "select from link_press"
                " where alert_id = %(alert_id)s and responder_id = %(responder_id)s and key = %(key)s",
                {**_about(claim), "key": key},
            )
            return await cursor.fetchone() is not None

    async def note_press(self, claim: LinkClaim, key: str) -> None:
        """Write down that a press was carried out, and forget old ones."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(
                "insert into link_press (alert_id, responder_id, key)"
                " values (%(alert_id)s, %(responder_id)s, %(key)s) on conflict do nothing",
                {**_about(claim), "key": key},
            )
            await connection.execute("delete from link_press where at < now() - %s::interval", [_KEPT])


def _about(claim: LinkClaim) -> dict[str, object]:
    return {"alert_id": claim.alert_id, "responder_id": claim.responder_id}
