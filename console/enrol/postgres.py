"""What was done to enrolments, taken into the console's chained access log; each deed once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.rows import class_row

from console.postgres import append_line
from runtime.postgres import Pool

_AT_ONCE: Final = 200


@dataclass(frozen=True, kw_only=True)
class _Event:
    event_id: int
    at: datetime
    account: str
    home_id: str
    what: str


async def chain_deeds(pool: Pool) -> int:
    """Take deeds into the chain, whoever did them; answer how many."""
    async with pool.connection() as connection, connection.transaction():
        cursor = connection.cursor(row_factory=class_row(_Event))
        await cursor.execute(
            "select event_id, at, account, home_id, what from enrolment_event where chained_at is null"
            " order by event_id limit %(most)s for update skip locked",
            {"most": _AT_ONCE},
        )
        deeds = await cursor.fetchall()
        for deed in deeds:
            await append_line(connection, at=deed.at, account=deed.account, subject=deed.home_id, what=deed.what)
        await connection.execute(
            "update enrolment_event set chained_at = now() where event_id = any(%(deeds)s)",
            {"deeds": [deed.event_id for deed in deeds]},
        )
        return len(deeds)
