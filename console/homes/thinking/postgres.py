"""What of a home hardly changes, read once for many pages; what comes late is seen within a quarter of an hour."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from console.homes.raster import midnight, since_of, until_of
from console.strips import Cell
from contracts import HomeId
from history.glance.postgres import SEARCHED, GlanceStore
from history.glance.words import Word
from history.postgres import HistoryStore
from homes.model import Home
from runtime import clock
from runtime.postgres import Pool

#: The past of so many homes is kept, each about 25 kB.
KEPT: Final = 1_000
LASTS_SECONDS: Final = 900.0
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)

Key = TypeVar("Key")
Thing = TypeVar("Thing")


class Kept(Generic[Key, Thing]):
    """A bounded memory of what was read; the oldest goes first."""

    def __init__(self, most: int, lasts_seconds: float) -> None:
        self._most, self._lasts = most, lasts_seconds
        self._known: dict[Key, tuple[float, Thing]] = {}

    async def of(self, key: Key, read: Callable[[], Awaitable[Thing]]) -> Thing:
        """Answer what is known, or read it."""
        known = self._known.get(key)
        if known and clock.ticks() - known[0] < self._lasts:
            return known[1]
        thing = await read()
        self._known.pop(key, None)
        self._known[key] = (clock.ticks(), thing)
        while len(self._known) > self._most:
            del self._known[next(iter(self._known))]
        return thing


class Past:
    """The closed days of homes, and the words of their devices that are older than yesterday."""

    def __init__(self, pool: Pool, *, most: int = KEPT, lasts_seconds: float = LASTS_SECONDS) -> None:
        self._history = HistoryStore(pool)
        self._glance = GlanceStore(pool)
        self._cells = Kept[tuple[HomeId, datetime, datetime], Sequence[Cell]](most, lasts_seconds)
        self._words = Kept[tuple[HomeId, datetime], Sequence[Word]](most, lasts_seconds)

    async def cells(self, home: Home, now: datetime) -> Sequence[Cell]:
        """Tell the cells of four weeks; today's and yesterday's are read each time."""
        zone, home_id = ZoneInfo(home.timezone), home.home_id
        since, until = since_of(now, zone), until_of(now, zone)
        # A night's readings come late where a gateway kept them: yesterday is not closed yet.
        closed = midnight(now.astimezone(zone).date() - _DAY, zone)
        old, new = await asyncio.gather(
            self._cells.of((home_id, since, closed), lambda: self._read_cells(home_id, since, closed)),
            self._read_cells(home_id, closed, until),
        )
        return [*old, *new]

    async def newest(self, home_id: HomeId, now: datetime) -> list[Word]:
        """Tell the newest word of each sensor about each thing, of the last week."""
        edge = now.replace(minute=0, second=0, microsecond=0) - _DAY
        old, recent = await asyncio.gather(
            self._words.of((home_id, edge), lambda: self._glance.newest_between(home_id, edge - SEARCHED + _DAY, edge)),
            self._glance.newest_between(home_id, edge, now + _HOUR),
        )
        return list({(word.sensor_id, word.kind): word for word in (*old, *recent)}.values())

    async def _read_cells(self, home_id: HomeId, since: datetime, until: datetime) -> Sequence[Cell]:
        lines = await self._history.activity([home_id], until=until, hours=round((until - since) / _HOUR))
        return lines[home_id]
