"""Answers to the steps of a script, in PostgreSQL."""

from collections.abc import Sequence
from typing import Final

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from console.steps.walk import Answered
from contracts import AlertId
from runtime.postgres import Pool


class StepStore:
    """What was answered, alert by alert."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, alert_id: AlertId) -> Sequence[Answered]:
        """Load what was answered for an alert, in its order."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Answered))
            await cursor.execute(
                "select step, answer, operator, answered_at as at from alert_step"
                " where alert_id = %(alert_id)s order by place",
                {"alert_id": alert_id},
            )
            return await cursor.fetchall()

    async def keep(self, alert_id: AlertId, place: int, *, step: str, answer: str, operator: str) -> bool:
        """Keep an answer; False when somebody answered that place before."""
        row = {"alert_id": alert_id, "place": place, "step": step, "answer": answer, "operator": operator}
        try:
            async with self._pool.connection() as connection:
                await connection.execute(_KEPT, row)
        except UniqueViolation:
            return False
        return True


# The table takes no update, by a rule; a statement with `on conflict` cannot be used where there is one.
_KEPT: Final = """
    insert into alert_step (alert_id, place, step, answer, operator)
    values (%(alert_id)s, %(place)s, %(step)s, %(answer)s, %(operator)s)
"""
