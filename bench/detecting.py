"""What a reading costs the detectors, as parts of one run: reading the record, and judging what it says."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.samples import street_of
from contracts import Reading, ReadingBatch, decode, encode
from contracts.ids import reading_id
from detectors.checkpoints import CHUNKS
from detectors.chunk import Chunk
from detectors.partition import Partition
from homes.model import watched_home
from runtime import clock
from simulator.household import household_of, readings_between

_BEGAN: Final = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Microseconds per reading."""

    readings: int
    decode: float
    apply: float

    @property
    def ratio(self) -> float:
        """How much judging costs beside reading the record: free of the machine, comparable between days."""
        return self.apply / self.decode


def cost(*, homes: int = 100, days: int = 2, together: int = 500) -> Cost:
    """Let a street live for some days, and measure one worker on it."""
    street = street_of(homes, webhook="")
    watched = tuple(watched_home(home) for home in street.homes)
    readings = sorted(
        (
            Reading(
                reading_id=reading_id(home.home_id, seen.sensor_id, kind="bench", mark=seen.at.isoformat()),
                home_id=home.home_id,
                sensor_id=seen.sensor_id,
                observed_at=seen.at,
                received_at=seen.at,
                value=seen.value,
            )
            for home in watched
            for seen in readings_between(household_of(home, seed=1), _BEGAN, _BEGAN + timedelta(days=days))
        ),
        key=lambda reading: reading.received_at,
    )
    partition = Partition([Chunk() for _ in range(CHUNKS)], 0)
    partition.apply(ReadingBatch(batched_at=_BEGAN, homes=watched), 0)
    parts = [tuple(readings[first : first + together]) for first in range(0, len(readings), together)]
    records = [encode(ReadingBatch(batched_at=part[-1].received_at, readings=part)) for part in parts]
    return _measured(partition, records, len(readings))


def _measured(partition: Partition, records: list[bytes], readings: int) -> Cost:
    began = clock.ticks()
    batches = [decode(record, ReadingBatch) for record in records]
    decoded = clock.ticks()
    for offset, batch in enumerate(batches, start=1):
        partition.apply(batch, offset)
    applied = clock.ticks()
    return Cost(
        readings=readings, decode=1e6 * (decoded - began) / readings, apply=1e6 * (applied - decoded) / readings
    )
