"""Reckon limits and whereabouts of homes from their history; what was learned of a night is kept for the day."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
import structlog
from msgspec.structs import replace

from console.homes.glimpse import Thinking
from console.homes.learned import REACHES_BACK, WINDOW_SPAN, Habits, doors_of, habits_of, think
from console.homes.postgres import HomeList
from console.homes.thinking.postgres import Past
from contracts import Hold, HoldKind, HomeId, WatchedHome
from history.glance.postgres import GlanceStore
from history.glance.words import Word
from runtime import clock
from runtime.postgres import Pool

log = structlog.get_logger()

#: A page waits so long for a home that was not reckoned today; then it is shown without, and asks again.
WAIT_SECONDS: Final = 0.12
#: Habits of so many homes are kept, each about 6 kB; they are learned anew after so long, for what came late.
KEPT: Final = 2_000
LASTS_SECONDS: Final = 900.0
_TWO_DAYS: Final = timedelta(days=2)

Key = tuple[HomeId, int, date]


class Thinker:
    """Thinks of one home after the other, so that the board's own work has the processor first."""

    def __init__(self, pool: Pool) -> None:
        self._glance = GlanceStore(pool)
        self._list = HomeList(pool)
        #: What hardly changes any more of the homes whose pages are open.
        self.past = Past(pool)
        self._known: dict[Key, tuple[float, Habits | None]] = {}
        self._learning: dict[Key, asyncio.Task[Habits | None]] = {}
        self._turn = asyncio.Semaphore(1)

    def begin(self, home: WatchedHome, now: datetime) -> None:
        """Begin to learn a home's habits, while its page reads other things."""
        self._learned(home, now)

    async def of(self, home: WatchedHome, heard: Sequence[Word], now: datetime) -> Thinking | None:
        """Tell what the detectors make of a home; None: it is still being reckoned, or cannot be."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                habits = await self._habits(home, now)
            return await self._think(home, habits, heard, now)
        except TimeoutError:
            return None
        except psycopg.Error as error:
            log.warning("home_not_reckoned", error=type(error).__name__)
            return None

    async def _think(self, home: WatchedHome, habits: Habits | None, heard: Sequence[Word], now: datetime) -> Thinking:
        home_id = home.home_id
        recent, signs = await asyncio.gather(
            self._glance.marks(home_id, doors_of(home), now - WINDOW_SPAN, now),
            self._glance.signs(home_id, now - _TWO_DAYS, now),
        )
        thought = think(home, habits, recent, signs, heard, now)
        moves = tuple(one.observed_at for one in signs if one.observed_at <= now)
        return Thinking(thought=thought, moves=moves)

    async def _habits(self, home: WatchedHome, now: datetime) -> Habits | None:
        learned = self._learned(home, now)
        # Shielded: whoever stops waiting leaves the work to go on for the next who asks.
        return await asyncio.shield(learned) if isinstance(learned, asyncio.Task) else learned

    def _learned(self, home: WatchedHome, now: datetime) -> Habits | asyncio.Task[Habits | None] | None:
        key = (home.home_id, home.version, now.astimezone(ZoneInfo(home.timezone)).date())
        known = self._known.get(key)
        if known and clock.ticks() - known[0] < LASTS_SECONDS:
            return known[1]
        if key not in self._learning:
            self._learning[key] = asyncio.create_task(self._learn(key, home, now))
            # A page that could not read the rest never asks what became of it.
            self._learning[key].add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._learning[key]

    async def _learn(self, key: Key, home: WatchedHome, now: datetime) -> Habits | None:
        try:
            async with self._turn:
                home = await self._with_all_holds(home, now)
                marks = await self._glance.marks(home.home_id, doors_of(home), now - REACHES_BACK, now)
                habits = await asyncio.to_thread(habits_of, marks, home, now)
            self._known[key] = (clock.ticks(), habits)
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
            return habits
        finally:
            del self._learning[key]

    async def _with_all_holds(self, home: WatchedHome, now: datetime) -> WatchedHome:
        """Add the holds that are over: what they hid was never learned."""
        held = await self._list.holds(home.home_id, now - REACHES_BACK)
        kinds = set(HoldKind)
        holds = (
            Hold(kind=HoldKind(one.kind), from_at=one.from_at, until_at=one.until_at)
            for one in held
            if one.kind in kinds
        )
        return replace(home, holds=tuple(holds))
