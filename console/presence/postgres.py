"""The presence of this console's operators in the database."""

from psycopg.rows import scalar_row

from alerts.presence.postgres import left, on_duty, seen
from console.sessions import Operator, stored
from runtime.postgres import Pool


class Presence:
    """Who has a board open that they can see or hear."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def seen(self, operator: Operator) -> None:
        """Write down that an operator has the board before them, or can hear it."""
        async with self._pool.connection() as connection:
            await seen(connection, operator.name, _console(operator))

    async def left(self, operator: Operator) -> None:
        """Write down that an operator went."""
        async with self._pool.connection() as connection:
            await left(connection, operator.name, _console(operator))

    async def on_duty(self) -> tuple[str, ...]:
        """Name those who are at a console now."""
        async with self._pool.connection() as connection:
            return await on_duty(connection)

    async def session_left(self, operator: Operator) -> int:
        """Tell for how many seconds a session still lasts."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            await cursor.execute(
                "select extract(epoch from expires_at - now())::int from console_session where digest = %(digest)s",
                {"digest": stored(operator.session)},
            )
            return int(await cursor.fetchone() or 0)


def _console(operator: Operator) -> str:
    # A session is one browser: its digest says nothing of it, and stays the same however often the page is loaded.
    return stored(operator.session).hex()[:16]
