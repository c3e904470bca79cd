"""Tokens and remembered answers in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import dict_row

from console.api.scopes import Scope, Token
from runtime.postgres import Pool

_COLUMNS: Final = """
    token_id, name, scopes, districts, per_minute, given_at, given_by, expires_at, last_used_at, taken_at
"""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A token with the digest of its secret."""

    token: Token
    digest: bytes


class TokenStore:
    """The tables of `0033_api_tokens.sql`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def give(self, token: Token, digest: bytes) -> bool:
        """Keep a new token; False when its id was given before, even if it was taken back since."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_GIVE, _row(token) | {"digest": digest})
            return cursor.rowcount == 1

    async def find(self, token_id: str) -> Kept | None:
        """Find a token by its id."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(
                f"select {_COLUMNS}, digest from api_token where token_id = %(token_id)s", {"token_id": token_id}
            )
            row = await cursor.fetchone()
        return Kept(token=_token(row), digest=row["digest"]) if row else None

    async def digests(self, now: datetime) -> dict[str, bytes]:
        """Give the digests of all tokens that are good for anything, by their ids."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(
                "select token_id, digest from api_token where taken_at is null and expires_at > %(now)s", {"now": now}
            )
            return {row["token_id"]: row["digest"] for row in await cursor.fetchall()}

    async def all(self) -> list[Token]:
        """List every token, those that live first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(
                f"select {_COLUMNS} from api_token"
                " order by (taken_at is not null or expires_at < now()), given_at desc, token_id"
            )
            return [_token(row) for row in await cursor.fetchall()]

    async def take(self, token_id: str, *, by: str, now: datetime) -> bool:
        """Take a token back; False when there is none that could be."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "update api_token set taken_at = %(now)s, taken_by = %(by)s"
                " where token_id = %(token_id)s and taken_at is null",
                {"token_id": token_id, "by": by, "now": now},
            )
            return cursor.rowcount == 1

    async def districts(self) -> list[str]:
        """Name the districts that there are."""
        async with self._pool.connection() as connection:
            found = await connection.execute("select district_id from district order by district_id")
            return [f"{row[0]}" for row in await found.fetchall()]

    async def used(self, token_id: str, now: datetime) -> None:
        """Remember to the minute that a token was used."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "update api_token set last_used_at = %(now)s where token_id = %(token_id)s"
                " and (last_used_at is null or last_used_at < %(now)s - interval '1 minute')",
                {"token_id": token_id, "now": now},
            )


def _row(token: Token) -> dict[str, object]:
    return {
        "token_id": token.token_id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "districts": sorted(token.districts),
        "per_minute": token.per_minute,
        "given_at": token.given_at,
        "given_by": token.given_by,
        "expires_at": token.expires_at,
    }


def _token(row: dict[str, Any]) -> Token:
    # A scope that a newer version gave is not ours to guess.
    scopes = frozenset(Scope(scope) for scope in row["scopes"] if scope in set(Scope))
    return Token(
        **{name: value for name, value in row.items() if name not in ("scopes", "districts", "digest")},
        scopes=scopes,
        districts=frozenset(row["districts"]),
    )


_GIVE: Final = """
    insert into api_token
        (token_id, name, digest, scopes, districts, per_minute, given_at, given_by, expires_at)
    values (%(token_id)s, %(name)s, %(digest)s, %(scopes)s, %(districts)s, %(per_minute)s, %(given_at)s,
        %(given_by)s, %(expires_at)s)
    on conflict do nothing
"""
