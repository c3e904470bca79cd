"""Read all that a home's page shows; a part that cannot be read is missing alone, and the others stand."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import psycopg
import structlog

from alerts.model import Alert
from alerts.postgres import AlertStore
from console.homes.day import span_of
from console.homes.glimpse import Days, Glimpse, Now, Thinking
from console.homes.postgres import HomeList
from console.homes.raster import Held, since_of
from console.homes.thinking.service import Thinker
from console.strips import Cell
from contracts import HomeId
from history.glance.postgres import GlanceStore
from history.postgres import HistoryStore
from homes.model import Home, watched_home
from runtime.postgres import Pool

log = structlog.get_logger()

#: So many alerts are marked and listed.
MOST_ALERTS: Final = 200

Thing = TypeVar("Thing")


class Glances:
    """What the pages of one home are made of."""

    def __init__(self, pool: Pool, thinker: Thinker) -> None:
        self._thinker = thinker
        self._alerts = AlertStore(pool)
        self._history = HistoryStore(pool)
        self._glance = GlanceStore(pool)
        self._list = HomeList(pool)

    async def all(self, home: Home, now: datetime) -> Glimpse:
        """Read everything at once."""
        home_id = home.home_id
        days, (stands, thinking), rooms, alerts, enrolled_at = await asyncio.gather(
            self.days(home, now),
            self._stands(home, now),
            self.rooms(home_id, now),
            self.alerts(home_id),
            _or_none(self._list.enrolled_at(home_id), "enrolled"),
        )
        return Glimpse(alerts=alerts, days=days, now=stands, rooms=rooms, enrolled_at=enrolled_at, thinking=thinking)

    async def moment(self, home: Home, now: datetime) -> Glimpse:
        """Read what the facts and the limit are made of."""
        days, (stands, thinking) = await asyncio.gather(self.days(home, now), self._stands(home, now))
        return Glimpse(alerts=None, days=days, now=stands, rooms=None, thinking=thinking)

    async def devices(self, home: Home, now: datetime) -> Glimpse:
        """Read how the devices stand."""
        return Glimpse(alerts=None, days=None, now=await self.now(home, now), rooms=None)

    async def picture(self, home: Home, now: datetime) -> Glimpse:
        """Read the four weeks with their alerts."""
        days, alerts = await asyncio.gather(self.days(home, now), self.alerts(home.home_id))
        return Glimpse(alerts=alerts, days=days, now=None, rooms=None)

    async def days(self, home: Home, now: datetime) -> Days | None:
        """Read four weeks of a home; None when history cannot be read."""
        zone = ZoneInfo(home.timezone)
        since = since_of(now, zone)
        cells, held, blind = await asyncio.gather(
            _or_none(self._thinker.past.cells(home, now), "days"),
            _or_none(self.holds(home.home_id, since), "holds"),
            _or_none(self._glance.blind(home.home_id, since), "blind"),
        )
        if cells is None:
            return None
        return Days(since=since, cells=cells, held=held or (), blind=blind or ())

    async def now(self, home: Home, now: datetime) -> Now | None:
        """Read how a home stands; None when it cannot be read."""
        since = since_of(now, ZoneInfo(home.timezone))
        parts = asyncio.gather(
            self._glance.last_moved(home.home_id, since, now),
            self._thinker.past.newest(home.home_id, now),
            self._list.not_protected(home.home_id),
        )
        read = await _or_none(parts, "now")
        return Now(moved=read[0], heard=read[1], not_protected=read[2]) if read else None

    async def _stands(self, home: Home, now: datetime) -> tuple[Now | None, Thinking | None]:
        watched = watched_home(home)
        self._thinker.begin(watched, now)
        stands = await self.now(home, now)
        return stands, await self._thinker.of(watched, stands.heard, now) if stands else None

    async def rooms(self, home_id: HomeId, now: datetime) -> Mapping[str, Sequence[Cell]] | None:
        """Read the last 24 hours by room; None when they cannot be read."""
        return await _or_none(self._history.by_room(home_id, until=now), "rooms")

    async def rooms_on(self, home: Home, day: date | None) -> Mapping[str, Sequence[Cell]] | None:
        """Read one day by room; None when no day is asked for, or it cannot be read."""
        if day is None:
            return None
        begin, end = span_of(day, ZoneInfo(home.timezone))
        hours = round((end - begin) / timedelta(hours=1))
        return await _or_none(self._history.by_room(home.home_id, until=end, hours=hours), "day")

    async def alerts(self, home_id: HomeId) -> Sequence[Alert] | None:
        """Read the latest alerts of a home; None when they cannot be read."""
        return await _or_none(self._alerts.of_home(home_id, MOST_ALERTS), "alerts")

    async def holds(self, home_id: HomeId, since: datetime) -> list[Held]:
        """Read the holds that ended after a moment, or have not."""
        return await self._list.holds(home_id, since)


async def _or_none(read: Awaitable[Thing], what: str) -> Thing | None:
    try:
        return await read
    except psycopg.Error as error:
        log.warning("card_not_read", card=what, error=type(error).__name__)
        return None
