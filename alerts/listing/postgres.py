"""Pages of alerts from PostgreSQL: each begins after the last alert of the one before, whatever was opened since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import dict_row

from alerts import rows
from alerts.model import Alert, LogLine
from alerts.statements import COLUMNS
from contracts import AlertId, AlertState, Hazard, HomeId, Severity
from runtime.postgres import Pool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which alerts are asked for; what is empty or None asks for nothing."""

    states: Collection[AlertState] = ()
    severities: Collection[Severity] = ()
    hazards: Collection[Hazard] = ()
    home_id: HomeId | None = None
    districts: Collection[str] = ()
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    test: bool | None = None


@dataclass(frozen=True, kw_only=True)
class After:
    """The last alert of the page before."""

    opened_at: datetime
    alert_id: str


class AlertPages:
    """Reads alerts page by page; those that the service makes up to test itself are left out."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page(self, wanted: Wanted, *, after: After | None, most: int) -> list[Alert]:
        """Read the next alerts, those opened last first."""
        asked = {
            "states": _texts(wanted.states),
            "severities": _texts(wanted.severities),
            "hazards": _texts(wanted.hazards),
            "home_id": wanted.home_id,
            "districts": _texts(wanted.districts),
            "opened_from": wanted.opened_from,
            "opened_to": wanted.opened_to,
            "test": wanted.test,
            "after_at": after.opened_at if after else None,
            "after_id": after.alert_id if after else None,
            "most": most,
        }
        return [rows.read(row, Alert) for row in await self._read(_PAGE, asked)]

    async def one(self, alert_id: AlertId, *, districts: Collection[str]) -> Alert | None:
        """Read one alert, if it is of one of these districts; none named means every district."""
        asked = {"alert_id": alert_id, "districts": _texts(districts)}
        return next((rows.read(row, Alert) for row in await self._read(_ONE, asked)), None)

    async def lines(self, alert_id: AlertId, *, after: int, most: int) -> list[LogLine]:
        """Read the next lines of an alert's log, oldest first."""
        asked = {"alert_id": alert_id, "after": after, "most": most}
        return [rows.read(row, LogLine) for row in await self._read(_LINES, asked)]

    async def _read(self, statement: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(statement.encode(), asked)
            return await cursor.fetchall()


def _texts(values: Collection[str]) -> list[str]:
    return sorted(f"{value}" for value in values)


_OURS: Final = """
    not starts_with(home_id, 'synthetic-') and (cardinality(%(districts)s::text[]) = 0
        or home_id in (select h.home_id from home h where h.district_id = any(%(districts)s::text[])))
"""
_PAGE: Final = f"""
    select {COLUMNS} from alert
    where {_OURS}
        and (cardinality(%(states)s::text[]) = 0 or state = any(%(states)s::text[]))
        and (cardinality(%(severities)s::text[]) = 0 or severity = any(%(severities)s::text[]))
        and (cardinality(%(hazards)s::text[]) = 0 or hazard = any(%(hazards)s::text[]))
        and (%(home_id)s::text is null or home_id = %(home_id)s::text)
        and (%(opened_from)s::timestamptz is null or opened_at >= %(opened_from)s::timestamptz)
        and (%(opened_to)s::timestamptz is null or opened_at < %(opened_to)s::timestamptz)
        and (%(test)s::boolean is null or test = %(test)s::boolean)
        and (%(after_at)s::timestamptz is null
            or (opened_at, alert_id) < (%(after_at)s::timestamptz, %(after_id)s::text))
    order by opened_at desc, alert_id desc limit %(most)s
"""
_ONE: Final = f"select {COLUMNS} from alert where {_OURS} and alert_id = %(alert_id)s"
_LINES: Final = """
    select alert_id, version, at, change, reason, by, text, step, notification_id
    from alert_log where alert_id = %(alert_id)s and version > %(after)s order by version limit %(most)s
"""
