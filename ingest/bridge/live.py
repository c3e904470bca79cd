"""The homes as the bridge knows them: kept fresh from the database, and told in the stream."""

import asyncio
from collections.abc import Callable

import psycopg
import structlog

from contracts import HomeId, WatchedHome, partition_of
from contracts.topics import PARTITIONS
from homes.postgres import HomeStore, changes
from ingest import metrics
from ingest.directory import differences, farewell, retold
from runtime import clock
from runtime.settings import Postgres

log = structlog.get_logger()

Tell = Callable[[list[WatchedHome]], None]


class Directory:
    """All homes, whoever hears them; `tell` brings to the stream what changed."""

    def __init__(self, settings: Postgres, tell: Tell) -> None:
        self._settings = settings
        self._tell = tell
        #: The last minute since 1970 whose homes were told again.
        self._retold = _minute()
        self.known: dict[str, WatchedHome] = {}
        #: The homes are known; before that every home would be refused as unknown.
        self.loaded = asyncio.Event()

    async def follow(self, store: HomeStore) -> None:
        """Keep the homes fresh, for ever."""
        while True:
            try:
                async for home_id in changes(self._settings):
                    await self._refresh(store, home_id)
            except psycopg.OperationalError as error:
                log.warning("homes_not_loaded", error=type(error).__name__)
                await asyncio.sleep(1)

    def of(self, partition: int) -> list[WatchedHome]:
        """Give the homes of a partition."""
        return [home for home in self.known.values() if partition_of(home.home_id, partitions=PARTITIONS) == partition]

    def due(self) -> list[WatchedHome]:
        """Give each home once an hour: whoever reads the stream from its oldest record must learn of all of them."""
        before, self._retold = self._retold, _minute()
        if self._retold == before:
            return []
        return retold(self.known.values(), after=before, until=self._retold)

    async def _refresh(self, store: HomeStore, home_id: HomeId | None) -> None:
        if home_id is None:
            loaded = await store.all_watched()
            changed = differences(self.known, loaded)
            self._know({home.home_id: home for home in loaded})
            self._changed(changed)
            self.loaded.set()
            return
        others = {key: home for key, home in self.known.items() if key != home_id}
        home, known = await store.watched(home_id), self.known.get(home_id)
        if home is not None:
            self._know({**others, home_id: home})
            self._changed([home] if home != known else [])
        elif known is not None:
            self._know(others)
            self._changed([farewell(known)])

    def _know(self, homes: dict[str, WatchedHome]) -> None:
        self.known = homes
        metrics.homes.set(len(homes))

    def _changed(self, changed: list[WatchedHome]) -> None:
        log.info("homes_learned", homes=len(changed))
        self._tell(changed)


def _minute() -> int:
    return int(clock.now().timestamp()) // 60
