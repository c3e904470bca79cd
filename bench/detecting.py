"""What a reading costs the detectors, as parts of one run: reading the record, and judging what it says."""

import time
from dataclasses import dataclass
from datetime import timedelta

from bench.samples import street_of
from bench.stream.lived import BEGAN, reading_of, seen_of
from contracts import ReadingBatch, decode, encode
from detectors.checkpoints import CHUNKS
from detectors.chunk import Chunk
from detectors.partition import Partition
from homes.model import watched_home


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Microseconds of the processor per reading."""

    readings: int
    decode: float
    apply: float

    @property
    def ratio(self) -> float:
        """How much judging costs beside reading the record: free of the machine, comparable between days."""
        return self.apply / self.decode


def cost(*, homes: int = 100, days: int = 2, together: int = 500) -> Cost:
    """Let a street live for some days with its gateways' heartbeats, and measure one worker on it."""
    watched = tuple(watched_home(home) for home in street_of(homes, webhook="").homes)
    until = BEGAN + timedelta(days=days)
    readings = sorted(
        (
            reading_of(home.home_id, seen)
            for number, home in enumerate(watched)
            for seen in seen_of(home, number, BEGAN, until)
        ),
        key=lambda reading: reading.received_at,
    )
    partition = Partition([Chunk() for _ in range(CHUNKS)], 0)
    partition.apply(ReadingBatch(batched_at=BEGAN, homes=watched), 0)
    parts = [tuple(readings[first : first + together]) for first in range(0, len(readings), together)]
    records = [encode(ReadingBatch(batched_at=part[-1].received_at, readings=part)) for part in parts]
    return _measured(partition, records, len(readings))


def _measured(partition: Partition, records: list[bytes], readings: int) -> Cost:
    began = time.process_time()
    batches = [decode(record, ReadingBatch) for record in records]
    decoded = time.process_time()
    for offset, batch in enumerate(batches, start=1):
        partition.apply(batch, offset)
    applied = time.process_time()
    return Cost(
        readings=readings, decode=1e6 * (decoded - began) / readings, apply=1e6 * (applied - decoded) / readings
    )
