"""Resolved alerts with something left to do, in PostgreSQL."""

from typing import Final

from psycopg.rows import dict_row, scalar_row

from alerts import rows
from alerts.model import Alert
from alerts.statements import COLUMNS
from runtime.postgres import Pool


class UnfinishedStore:
    """What remains; it only reads."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def due(self, limit: int = 200) -> list[Alert]:
        """Load what must be followed up, the most pressing first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_DUE, {"limit": limit})
            return [rows.read(row, Alert) for row in await cursor.fetchall()]

    async def to_read(self, limit: int = 200) -> list[Alert]:
        """Load the emergencies whose file no supervisor has closed, the oldest first; tests have none."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_TO_READ, {"limit": limit})
            return [rows.read(row, Alert) for row in await cursor.fetchall()]

    async def count_due(self) -> int:
        """Count what must be followed up."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            await cursor.execute("select count(*) from alert where follow_up = 'due'")
            return int(await cursor.fetchone() or 0)


_DUE: Final = f"select {COLUMNS} from alert where follow_up = 'due' order by follow_up_at, alert_id limit %(limit)s"
_TO_READ: Final = f"""
    select {COLUMNS} from alert
    where state = 'resolved' and follow_up <> 'due' and closed_at is null and not test
        and 'emergency' in (severity, coalesce(worst, severity))
    order by resolved_at, alert_id limit %(limit)s
"""
