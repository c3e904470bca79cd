"""The load: homes that speak about 2,000 times a day, as records of one partition each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import structs

from bench.samples import street_of
from contracts import HomeId, Reading, ReadingBatch, SensorId, Value, partition_of
from contracts.ids import reading_id
from contracts.topics import PARTITIONS
from contracts.values import Heartbeat
from homes.model import watched_home
from simulator.household import household_of, readings_between

BEGAN: Final = datetime(2026, 3, 2, tzinfo=UTC)
#: So many pretend homes are played; the others say what these say, at moments of their own.
_PLAYED: Final = 25
#: Of three words of a home, one is its gateway's heartbeat.
_BEATS: Final = 3
#: A home speaks about so often, its heartbeats counted.
_PAUSE: Final = timedelta(seconds=43)
#: What a reading is on its way until the bridge has it.
_ON_ITS_WAY: Final = timedelta(milliseconds=120)

Seen = tuple[SensorId, Value]


class Load:
    """Some homes and what they say."""

    def __init__(self, homes: int) -> None:
        """Play a few homes for a day, and let all the others be like them."""
        played = [watched_home(home) for home in street_of(_PLAYED, webhook="").homes]
        day = (BEGAN, BEGAN + timedelta(days=1))
        self._seen: list[list[Seen]] = [
            [(one.sensor_id, one.value) for one in readings_between(household_of(home, seed=1), *day)]
            for home in played
        ]
        self.homes = [
            structs.replace(played[number % _PLAYED], home_id=HomeId(f"h-{number:06d}")) for number in range(homes)
        ]
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

    def batches(self, readings: int, *, together: int) -> Iterator[tuple[int, ReadingBatch]]:
        """Let the homes of one partition after the other speak, in the order of time."""
        step = _PAUSE / len(self.homes)
        told = [0] * PARTITIONS
        for turn in range(readings // together):
            partition = turn % PARTITIONS
            numbers = self._by_partition[partition]
            at = BEGAN + step * (turn + 1) * together
            part = [self._reading(numbers, told[partition] + place, at) for place in range(together)] if numbers else []
            told[partition] += together
            yield partition, ReadingBatch(batched_at=at + _ON_ITS_WAY, readings=tuple(part))

    def _reading(self, numbers: list[int], place: int, at: datetime) -> Reading:
        number, round_ = numbers[place % len(numbers)], place // len(numbers)
        home = self.homes[number].home_id
        seen = self._seen[number % _PLAYED]
        # Nobody begins at the same hour of the day.
        sensor, value = seen[(number // _PLAYED * 7 + round_) % len(seen)]
        if (number + round_) % _BEATS == 0:
            sensor, value = SensorId("gateway"), Heartbeat()
        at += timedelta(microseconds=place)
        return Reading(
            reading_id=reading_id(home, sensor, kind="bench", mark=f"{place}"),
            home_id=home,
            sensor_id=sensor,
            observed_at=at,
            received_at=at + _ON_ITS_WAY,
            value=value,
        )
