"""Subscriptions in PostgreSQL: who has switched Web Push on, in which browsers."""

from typing import Final

from psycopg.rows import class_row

from alerts.web_push.subscription import Subscription
from contracts import ResponderId
from runtime.postgres import Pool

#: A person has a phone, a tablet and two computers; more are old ones, and the newest stay.
MOST: Final = 8


class Subscriptions:
    """The browsers that Web Push reaches."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, responder_id: ResponderId) -> list[Subscription]:
        """Load a responder's subscriptions, the newest first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Subscription))
            await cursor.execute(_OF, {"responder_id": responder_id})
            return await cursor.fetchall()

    async def put(self, one: Subscription) -> None:
        """Add a subscription; a browser belongs to whoever subscribed in it last."""
        values = {name: getattr(one, name) for name in ("responder_id", "endpoint", "p256dh", "auth")}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_PUT, values)
            await connection.execute(_TRIM, {"responder_id": one.responder_id, "most": MOST})

    async def drop(self, endpoint: str, responder_id: ResponderId) -> bool:
        """Take a subscription away; tell whether there was one."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_DROP, {"endpoint": endpoint, "responder_id": responder_id})
            return cursor.rowcount > 0


_OF: Final = """
    select responder_id, endpoint, p256dh, auth from web_push_subscription
    where responder_id = %(responder_id)s order by made_at desc, endpoint
"""
_PUT: Final = """
    insert into web_push_subscription (responder_id, endpoint, p256dh, auth)
    values (%(responder_id)s, %(endpoint)s, %(p256dh)s, %(auth)s)
    on conflict (endpoint) do update set responder_id = excluded.responder_id, p256dh = excluded.p256dh,
        auth = excluded.auth, made_at = now()
"""
_TRIM: Final = """
    delete from web_push_subscription where endpoint in (
        select endpoint from web_push_subscription where responder_id = %(responder_id)s
        order by made_at desc, endpoint offset %(most)s)
"""
_DROP: Final = "delete from web_push_subscription where endpoint = %(endpoint)s and responder_id = %(responder_id)s"
