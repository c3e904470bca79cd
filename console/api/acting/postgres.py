"""Answers that are remembered by their idempotency key, for a day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from psycopg.rows import dict_row

from runtime.postgres import Pool


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What a key stands for; without a status it is being done."""

    request: bytes
    status: int | None
    headers: dict[str, str]
    body: bytes


class Answers:
    """The table `api_answer`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, token_id: str, key: str, request: bytes, *, now: datetime) -> Remembered | None:
        """Take a key in hand; None: it is ours to do. One that was left unfinished is ours after a while."""
        asked = {"token_id": token_id, "key": key, "request": request, "now": now}
        async with self._pool.connection() as connection:
            await connection.execute(_FORGET, asked)
            if (await connection.execute(_BEGIN, asked)).rowcount:
                return None
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_FIND, asked)
            row: dict[str, Any] | None = await cursor.fetchone()
        # Given up by another between the two: whoever comes again finds it free.
        if row is None:
            return Remembered(request=request, status=None, headers={}, body=b"")
        return Remembered(
            request=bytes(row["request"]),
            status=row["status"],
            headers=row["headers"] or {},
            body=bytes(row["body"] or b""),
        )

    async def keep(self, token_id: str, key: str, *, status: int, headers: dict[str, str], body: bytes) -> None:
        """Keep what was answered."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "update api_answer set status = %(status)s, headers = %(headers)s, body = %(body)s"
                " where token_id = %(token_id)s and key = %(key)s",
                {
                    "token_id": token_id,
                    "key": key,
                    "status": status,
                    "headers": msgspec.json.encode(headers).decode(),
                    "body": body,
                },
            )


_FORGET: Final = """
    delete from api_answer
    where ctid = any(array(
        select ctid from api_answer where at < %(now)s - interval '24 hours' limit 100 for update skip locked))
"""
_BEGIN: Final = """
    insert into api_answer (token_id, key, request, until_at, at)
    values (%(token_id)s, %(key)s, %(request)s, %(now)s::timestamptz + interval '15 seconds', %(now)s)
    on conflict (token_id, key) do update set until_at = excluded.until_at
    where api_answer.status is null and api_answer.until_at < %(now)s and api_answer.request = excluded.request
"""
_FIND: Final = """
    select request, status, headers, body from api_answer where token_id = %(token_id)s and key = %(key)s
"""
