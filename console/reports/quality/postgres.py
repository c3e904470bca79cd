"""What readers of the sample found: it only grows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Json

from console.reports.quality.sample import Review
from runtime.postgres import Pool


class Reviews:
    """The readings of the sample."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, review: Review) -> None:
        """Write down what a reader found."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "insert into quality_review (alert_id, month, at, by, look, points, remark)"
                " values (%s, %s, %s, %s, %s, %s, %s)",
                [
                    review.alert_id,
                    review.month,
                    review.at,
                    review.by,
                    review.look,
                    Json({point.value: mark.value for point, mark in review.points.items()}),
                    review.remark,
                ],
            )

    async def of(self, alerts: Iterable[str]) -> Mapping[str, list[Review]]:
        """Give the readings of these, the first one first."""
        found: dict[str, list[Review]] = defaultdict(list)
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(
                "select alert_id, month, at, by, look, points, remark from quality_review"
                " where alert_id = any(%s) order by review_id",
                [sorted(alerts)],
            )
            for row in await cursor.fetchall():
                found[row["alert_id"]].append(msgspec.convert(row, Review))
        return found

    async def operators(self) -> frozenset[str]:
        """Name everybody who has an account: who answers without one is a responder."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute("select name from console_account")
            return frozenset(f"{name}" for (name,) in await cursor.fetchall())
