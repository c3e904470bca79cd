"""Subscriptions and what each was not told yet, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg.rows import class_row

from runtime.postgres import Pool

#: Longer than a post takes: whoever died with a subscription in hand has lost it after this.
LEASE_SECONDS: Final = 15


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A subscription."""

    webhook_id: str
    token_id: str
    url: str
    changes: list[str]
    severities: list[str]
    created_at: datetime
    attempts: int
    failing_since: datetime | None
    told_at: datetime | None
    off_at: datetime | None
    off_because: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A change that a system was not told yet."""

    sequence: int
    event_id: str
    change: dict[str, Any]
    at: datetime


class Webhooks:
    """The tables of `0034_api_webhooks.sql`; the rows of `api_event` are written by a trigger with each change."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(
        self, *, webhook_id: str, token_id: str, url: str, changes: Sequence[str], severities: Sequence[str], most: int
    ) -> Webhook | None:
        """Keep a subscription; None when this token has as many as it may."""
        asked = {
            "webhook_id": webhook_id,
            "token_id": token_id,
            "url": url,
            "changes": list(changes),
            "severities": list(severities),
            "most": most,
        }
        return next(iter(await self._some(_ADD, asked)), None)

    async def of(self, token_id: str) -> list[Webhook]:
        """List a token's subscriptions, the oldest first."""
        return await self._some(_OF, {"token_id": token_id})

    async def one(self, webhook_id: str, token_id: str) -> Webhook | None:
        """Find a subscription of a token."""
        asked = {"webhook_id": webhook_id, "token_id": token_id}
        return next(iter(await self._some(_ONE, asked)), None)

    async def remove(self, webhook_id: str, token_id: str) -> bool:
        """End a subscription; what it was not told is forgotten."""
        asked = {"webhook_id": webhook_id, "token_id": token_id}
        async with self._pool.connection() as connection, connection.transaction():
            gone = await connection.execute(_REMOVE, asked)
            await connection.execute(_FORGET, asked)
            return gone.rowcount == 1

    async def end_with_tokens(self) -> None:
        """Switch off what belongs to tokens that are over or taken back, and forget what it was not told."""
        await self._do(_END, {})

    async def claim(self, most: int = 8) -> list[Webhook]:
        """Take subscriptions in hand that are due and have something to be told."""
        return await self._some(_CLAIM, {"most": most, "lease": LEASE_SECONDS})

    async def waiting(self, webhook_id: str, most: int = 50) -> list[Waiting]:
        """Read what it was not told, in order."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Waiting))
            await cursor.execute(_WAITING, {"webhook_id": webhook_id, "most": most})
            return await cursor.fetchall()

    async def told(self, webhook_id: str, sequence: int) -> None:
        """Remember that it has taken one, and hold it in hand for the next."""
        await self._do(_TOLD, {"webhook_id": webhook_id, "sequence": sequence, "lease": LEASE_SECONDS})

    async def rest(self, webhook_id: str) -> None:
        """Let go of one that has been told all."""
        await self._do(_REST, {"webhook_id": webhook_id})

    async def failed(self, webhook_id: str, *, wait_seconds: float) -> None:
        """Try it again later."""
        await self._do(_FAILED, {"webhook_id": webhook_id, "wait": wait_seconds})

    async def switch_off(self, webhook_id: str, because: str) -> None:
        """Tell it nothing any more, and forget what it was not told."""
        await self._do(_OFF, {"webhook_id": webhook_id, "because": because})
        await self._do(_FORGET, {"webhook_id": webhook_id})

    async def _some(self, statement: LiteralString, asked: Mapping[str, object]) -> list[Webhook]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Webhook))
            await cursor.execute(statement, asked)
            return await cursor.fetchall()

    async def _do(self, statement: LiteralString, asked: Mapping[str, object]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, asked)


_COLUMNS: Final = """
    webhook_id, token_id, url, changes, severities, created_at, attempts, failing_since, told_at, off_at, off_because
"""
_ADD: Final = f"""
    insert into api_webhook (webhook_id, token_id, url, changes, severities)
    select %(webhook_id)s, %(token_id)s, %(url)s, %(changes)s, %(severities)s
    where (select count(*) from api_webhook where token_id = %(token_id)s) < %(most)s
    returning {_COLUMNS}
"""
_OF: Final = f"select {_COLUMNS} from api_webhook where token_id = %(token_id)s order by created_at, webhook_id"
_ONE: Final = f"select {_COLUMNS} from api_webhook where webhook_id = %(webhook_id)s and token_id = %(token_id)s"
_REMOVE: Final = "delete from api_webhook where webhook_id = %(webhook_id)s and token_id = %(token_id)s"
_FORGET: Final = "delete from api_event where webhook_id = %(webhook_id)s"
_END: Final = """
    with ended as (
        update api_webhook w set off_at = clock_timestamp(), off_because = 'token_over' from api_token t
        where t.token_id = w.token_id and w.off_at is null and (t.taken_at is not null or t.expires_at <= now())
        returning w.webhook_id)
    delete from api_event where webhook_id in (select webhook_id from ended)
"""
_CLAIM: Final = f"""
    update api_webhook set due_at = clock_timestamp() + %(lease)s * interval '1 second'
    where webhook_id in (
        select w.webhook_id from api_webhook w
        where w.off_at is null and w.due_at <= clock_timestamp()
            and exists (select from api_event e where e.webhook_id = w.webhook_id)
        order by w.due_at limit %(most)s for update of w skip locked)
    returning {_COLUMNS}
"""
_WAITING: Final = """
    select sequence, event_id, change, at from api_event
    where webhook_id = %(webhook_id)s order by sequence limit %(most)s
"""
_TOLD: Final = """
    with gone as (delete from api_event where webhook_id = %(webhook_id)s and sequence = %(sequence)s)
    update api_webhook set attempts = 0, failing_since = null, told_at = clock_timestamp(),
        due_at = clock_timestamp() + %(lease)s * interval '1 second'
    where webhook_id = %(webhook_id)s
"""
_REST: Final = "update api_webhook set due_at = clock_timestamp() where webhook_id = %(webhook_id)s"
_FAILED: Final = """
    update api_webhook set attempts = attempts + 1, failing_since = coalesce(failing_since, clock_timestamp()),
        due_at = clock_timestamp() + %(wait)s * interval '1 second'
    where webhook_id = %(webhook_id)s
"""
_OFF: Final = """
    update api_webhook set off_at = clock_timestamp(), off_because = %(because)s where webhook_id = %(webhook_id)s
"""
