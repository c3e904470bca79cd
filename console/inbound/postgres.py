"""What an inbound request speaks of, in PostgreSQL: the call, the number, and whether it was heard before."""

from typing import Any, LiteralString

from psycopg.rows import dict_row

from alerts import rows
from alerts.model import Notification, Purpose
from alerts.outbox import postgres as outbox
from alerts.outbox import statements as sql
from contracts import AlertId, ResponderId
from homes.model import Channel
from runtime.postgres import Pool


class Inbox:
    """Calls as their receivers and providers name them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def heard(self, provider: str, digest: str) -> bool:
        """Tell whether a request was carried out before."""
        return bool(await self._rows(sql.HEARD, provider=provider, digest=digest))

    async def note(self, provider: str, digest: str) -> None:
        """Write down that a request was carried out, and forget old ones."""
        async with self._pool.connection() as connection:
            await connection.execute(sql.PUT_HEARD, {"provider": provider, "digest": digest})
            await connection.execute(sql.FORGET_HEARD)

    async def call(self, channel: Channel, *, key: str, ref: str) -> Notification | None:
        """Find a call by our key or the provider's id."""
        return _first(await self._rows(sql.BY_REF, channel=channel, key=key, ref=ref))

    async def open_to(self, forms: tuple[str, ...]) -> list[Notification]:
        """Find the calls to a number whose alerts are open, the latest first."""
        return [_call(row) for row in await self._rows(sql.OPEN_TO_NUMBER, forms=list(forms))]

    async def with_number(self, forms: tuple[str, ...]) -> list[ResponderId]:
        """Find the responders with a number."""
        return [ResponderId(row["responder_id"]) for row in await self._rows(sql.WITH_NUMBER, forms=list(forms))]

    async def unread(self, alert_id: AlertId, responder_id: ResponderId) -> Notification | None:
        """Find the latest call of a responder that they have not opened yet."""
        return _first(await self._rows(sql.UNREAD, alert_id=alert_id, responder_id=responder_id))

    async def count(self, call: Notification, purpose: Purpose) -> int:
        """Count what was sent to a responder of an alert for a purpose."""
        about = {"alert_id": call.alert_id, "responder_id": call.responder_id, "purpose": purpose}
        (row,) = await self._rows(sql.COUNT_PURPOSE, **about)
        return int(row["count"])

    async def put(self, call: Notification) -> None:
        """Queue an answer to somebody's answer."""
        async with self._pool.connection() as connection:
            await outbox.put(connection, [call])
            await connection.execute("select pg_notify('outbox_due', '')")

    async def _rows(self, statement: LiteralString, **asked: object) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(statement, asked)
            return await cursor.fetchall()


def _call(row: dict[str, Any]) -> Notification:
    return rows.read({name: value for name, value in row.items() if name != "attempts"}, Notification)


def _first(found: list[dict[str, Any]]) -> Notification | None:
    return _call(found[0]) if found else None
