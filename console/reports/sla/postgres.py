"""What was said of late answers: it only grows, and the last word counts."""

from collections.abc import Iterable

import msgspec
from psycopg.rows import dict_row

from alerts.rows import utc
from console.reports.sla.pages import Reason
from runtime.postgres import Pool


class LateAnswers:
    """The reasons of late answers."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def say(self, alert_id: str, reason: Reason) -> None:
        """Write down why an answer came late."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "insert into late_answer (alert_id, at, by, reason, text) values (%s, %s, %s, %s, %s)"
                " on conflict do nothing",
                [alert_id, reason.at, reason.by, reason.reason, reason.text],
            )

    async def last(self, alerts: Iterable[str]) -> dict[str, Reason]:
        """Tell what was said last of each of these."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(
                "select distinct on (alert_id) alert_id, at, by, reason, text from late_answer"
                " where alert_id = any(%s) order by alert_id, at desc",
                [sorted(alerts)],
            )
            return {row.pop("alert_id"): _read(row) for row in await cursor.fetchall()}

    async def all_of(self, alert_id: str) -> list[Reason]:
        """Tell everything that was said of one, the last word first."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(
                "select at, by, reason, text from late_answer where alert_id = %s order by at desc", [alert_id]
            )
            return [_read(row) for row in await cursor.fetchall()]


def _read(row: dict[str, object]) -> Reason:
    reason = msgspec.convert(row, Reason)
    return Reason(at=utc(reason.at), by=reason.by, reason=reason.reason, text=reason.text)
