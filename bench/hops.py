"""Where the time goes: each cry's way from hop to hop, by the clocks that the messages carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import psycopg

from contracts import Finding, Hazard, HomeId, ReadingBatch, decode
from contracts.topics import FINDINGS, READINGS
from contracts.values import Heartbeat, Motion
from runtime.kafka import consuming, name_of
from runtime.settings import Settings

#: The hops in their order; each is the time since the one before.
HOPS: Final = ("bridge has it", "bridge sends the record", "detector sends the finding", "alert opened", "pushed")


@dataclass(frozen=True, kw_only=True)
class Way:
    """When a cry was where."""

    at: tuple[datetime, ...]

    @property
    def milliseconds(self) -> list[float]:
        """Tell how long each hop took."""
        return [1000 * (later - earlier).total_seconds() for earlier, later in pairwise(self.at)]


async def ways(settings: Settings, cries: Mapping[HomeId, tuple[datetime, Hazard, datetime]]) -> list[Way]:
    """Follow each cry, given when it was published, its hazard, and when somebody was pushed."""
    received, published, found = await _records(settings, cries)
    opened = await _opened(settings)
    return [
        Way(at=(said, received[home], published[home], found[home, hazard], opened[home, str(hazard)], pushed))
        for home, (said, hazard, pushed) in cries.items()
        if home in received and (home, hazard) in found and (home, str(hazard)) in opened
    ]


async def _records(
    settings: Settings, cries: Mapping[HomeId, object]
) -> tuple[dict[HomeId, datetime], dict[HomeId, datetime], dict[tuple[HomeId, Hazard], datetime]]:
    received: dict[HomeId, datetime] = {}
    published: dict[HomeId, datetime] = {}
    found: dict[tuple[HomeId, Hazard], datetime] = {}
    async with consuming(settings.kafka, READINGS, FINDINGS, group=None) as consumer:
        while batches := await consumer.getmany(timeout_ms=1_000):
            for place, records in batches.items():
                for record in records:
                    stamped = datetime.fromtimestamp(record.timestamp / 1000, UTC)
                    if place.topic == name_of(FINDINGS, settings.kafka):
                        finding = decode(record.value, Finding)
                        found.setdefault((finding.home_id, finding.hazard), stamped)
                        continue
                    for reading in decode(record.value, ReadingBatch).readings:
                        if reading.home_id in cries and not isinstance(reading.value, Motion | Heartbeat):
                            received.setdefault(reading.home_id, reading.received_at)
                            published.setdefault(reading.home_id, stamped)
    return received, published, found


async def _opened(settings: Settings) -> dict[tuple[HomeId, str], datetime]:
    async with await psycopg.AsyncConnection.connect(settings.postgres.dsn.reveal()) as connection:
        rows = await (await connection.execute("select home_id, hazard, opened_at from alert")).fetchall()
    return {(HomeId(home), hazard): at for home, hazard, at in rows}
