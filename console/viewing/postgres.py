"""Who looks at which alert now, and the trials of loudspeakers, in PostgreSQL."""

from dataclasses import dataclass

from psycopg.rows import class_row

from console.sessions import Operator, stored
from contracts import AlertId
from runtime.postgres import Pool

#: Whoever was not heard of for so long looks at nothing any more.
SEEN_SECONDS = 25


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Who looks at an alert."""

    alert_id: AlertId
    names: list[str]


class Viewing:
    """What each console has open."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def sees(self, operator: Operator, alert_id: str) -> None:
        """Write down which alert a console has open; empty for none."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "insert into alert_viewing (operator, console, alert_id)"
                " values (%(operator)s, %(console)s, %(alert_id)s)"
                " on conflict (operator, console) do update set alert_id = excluded.alert_id, seen_at = now()",
                {"operator": operator.name, "console": _console(operator), "alert_id": alert_id},
            )

    async def all(self) -> dict[AlertId, tuple[str, ...]]:
        """Name who looks at which alert now."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Seen))
            rows = await cursor.execute(
                "select alert_id, array_agg(distinct operator order by operator) as names from alert_viewing"
                " where alert_id <> '' and seen_at > now() - make_interval(secs => %(seconds)s) group by alert_id",
                {"seconds": SEEN_SECONDS},
            )
            return {one.alert_id: tuple(one.names) async for one in rows}

    async def sound_tried(self, operator: Operator) -> None:
        """Write down that the loudspeakers of a console were tried."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "insert into sound_trial (operator, console) values (%(operator)s, %(console)s)",
                {"operator": operator.name, "console": _console(operator)},
            )


def _console(operator: Operator) -> str:
    # A session is one browser; its digest says nothing of it.
    return stored(operator.session).hex()[:16]
