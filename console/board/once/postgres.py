"""Presses and their answers, kept for an hour: whoever sends the same one again is answered as before."""

from dataclasses import dataclass
from typing import Final

from psycopg.rows import class_row

from runtime.postgres import Pool

KEPT_MINUTES: Final = 60


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What came of a press before; None of a status while it is still being done."""

    path: str
    status: int | None
    body: bytes


class Presses:
    """The presses of operators, by their keys."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, operator: str, key: str, path: str) -> Pressed | None:
        """Begin a press; in return what came of it when it was begun before."""
        told = {"operator": operator, "key": key, "path": path, "minutes": KEPT_MINUTES}
        async with self._pool.connection() as connection:
            await connection.execute(
                "delete from console_press where pressed_at < now() - make_interval(mins => %(minutes)s)", told
            )
            done = await connection.execute(
                "insert into console_press (operator, key, path) values (%(operator)s, %(key)s, %(path)s)"
                " on conflict do nothing",
                told,
            )
            if done.rowcount:
                return None
            cursor = connection.cursor(row_factory=class_row(Pressed))
            await cursor.execute(
                "select path, status, coalesce(body, '') as body from console_press"
                " where operator = %(operator)s and key = %(key)s",
                told,
            )
            return await cursor.fetchone()

    async def end(self, operator: str, key: str, status: int, body: bytes) -> None:
        """Keep what came of a press."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "update console_press set status = %(status)s, body = %(body)s"
                " where operator = %(operator)s and key = %(key)s",
                {"operator": operator, "key": key, "status": status, "body": body},
            )

    async def forget(self, operator: str, key: str) -> None:
        """Forget a press that failed on our side, so that it can be tried again."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "delete from console_press where operator = %(operator)s and key = %(key)s and status is null",
                {"operator": operator, "key": key},
            )
