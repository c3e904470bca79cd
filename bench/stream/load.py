"""The load: what homes say from one moment on at their own pace, as records of one partition each."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bench.stream.lived import BEGAN, ON_ITS_WAY, PLAYED, Sighting, lived, moved_in, named, played, reading_of, seen_of
from contracts import HomeId, ReadingBatch, partition_of
from contracts.topics import PARTITIONS
from detectors.checkpoints import chunk_of, fresh
from detectors.chunk import Chunk
from detectors.sharing import shared

#: A load lasts no longer than this: what was seen is played so far ahead.
_LONGEST: Final = timedelta(days=2)


class Load:
    """Some homes and what they say."""

    def __init__(self, homes: int) -> None:
        """Play a few homes, and let all the others be like them, each some milliseconds later than the one before."""
        self._models = played()
        until = BEGAN + _LONGEST
        self._seen = [seen_of(home, number, BEGAN, until) for number, home in enumerate(self._models)]
        self.homes = [named(self._models[number % PLAYED], number) for number in range(homes)]
        self._said_until = timedelta(0)
        self._by_partition: list[list[int]] = [[] for _ in range(PARTITIONS)]
        for number, home in enumerate(self.homes):
            self._by_partition[partition_of(home.home_id, partitions=PARTITIONS)].append(number)

    def one_of(self, partition: int) -> HomeId:
        """Name a home of a partition."""
        return self.homes[self._by_partition[partition][0]].home_id

    def registrations(self) -> Iterator[tuple[int, ReadingBatch]]:
        """Register all homes, as many in a record as a registry sends."""
        for partition, numbers in enumerate(self._by_partition):
            for first in range(0, len(numbers), 100):
                homes = tuple(self.homes[number] for number in numbers[first : first + 100])
                yield partition, ReadingBatch(batched_at=BEGAN, homes=homes)

    def settled(self) -> Iterator[tuple[int, list[Chunk]]]:
        """Let all homes have lived until now: the chunks of each partition."""
        written = lived(self._models)
        for partition, numbers in enumerate(self._by_partition):
            chunks = fresh()
            for number in numbers:
                home = shared(self.homes[number])
                moved_in(chunks[chunk_of(home.home_id)], home, written[number % PLAYED])
            yield partition, chunks

    def batches(self, readings: int, *, together: int) -> Iterator[tuple[int, ReadingBatch]]:
        """Let the homes go on to speak for as long as it takes, in the order of time; the last records may be small."""
        since, self._said_until = self._said_until, min(_LONGEST, self._said_until + self._lasting(readings))
        records = [record for partition in range(PARTITIONS) for record in self._records(partition, since, together)]
        yield from sorted(records, key=lambda record: record[1].batched_at)

    def _records(self, partition: int, since: timedelta, together: int) -> Iterator[tuple[int, ReadingBatch]]:
        said = sorted(self._said(partition, BEGAN + since, BEGAN + self._said_until), key=lambda one: one[1][0])
        for first in range(0, len(said), together):
            part = said[first : first + together]
            told = tuple(reading_of(self.homes[number].home_id, sighting) for number, sighting in part)
            yield partition, ReadingBatch(batched_at=told[-1].observed_at + ON_ITS_WAY, readings=told)

    def _said(self, partition: int, since: datetime, until: datetime) -> Iterator[tuple[int, Sighting]]:
        for number in self._by_partition[partition]:
            later = timedelta(milliseconds=37 * (number // PLAYED) % 60_000)
            seen = self._seen[number % PLAYED]
            for at, sensor, value in seen[
                bisect_left(seen, since, key=_moment) : bisect_left(seen, until, key=_moment)
            ]:
                yield number, (at + later, sensor, value)

    def _lasting(self, readings: int) -> timedelta:
        """Tell how long all homes need to say so much."""
        a_second = sum(len(seen) for seen in self._seen) / PLAYED / _LONGEST.total_seconds()
        return timedelta(seconds=readings / len(self.homes) / a_second)


def _moment(sighting: Sighting) -> datetime:
    return sighting[0]
