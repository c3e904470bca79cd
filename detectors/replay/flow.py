"""A flow: readings in the order in which they came, cut into batches as the bridge would have cut them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from contracts import Finding, HomeId, Reading, ReadingBatch, SensorId, WatchedHome, WatchedSensor, kind_of
from detectors.chunk import LOOK_EVERY, Chunk, apply
from detectors.gate import Gates

#: The bridge waits so long for more before it flushes, and flushes so many at most.
FLUSH_AFTER: Final = timedelta(milliseconds=20)
FLUSH_AT: Final = 500
#: What every device says beside what it is for.
_BESIDE: Final = frozenset(
    {"battery", "link_quality", "heartbeat", "device_status", "gateway_status", "test_pressed", "tamper"}
)

#: From a moment until another: we heard nobody.
Deaf = Sequence[tuple[datetime, datetime]]


def in_order(readings: Iterable[Reading]) -> list[Reading]:
    """Put readings in the order in which they came; each once."""
    once = {reading.reading_id: reading for reading in readings}
    return sorted(once.values(), key=_arrival)


def _arrival(reading: Reading) -> tuple[datetime, datetime, str]:
    return reading.received_at, reading.observed_at, reading.reading_id


def batches_of(
    readings: Iterable[Reading],
    homes: Sequence[WatchedHome],
    *,
    until: datetime | None = None,
    every: timedelta = LOOK_EVERY,
    deaf: Deaf = (),
) -> Iterator[ReadingBatch]:
    """Cut ordered readings into batches, with the empty ones between them that let the partition's clock go on."""
    turned: datetime | None = None
    for part in _flushes(readings):
        came, at = part[0].received_at, part[-1].received_at
        if turned is None:
            turned = came
            yield ReadingBatch(batched_at=came, homes=tuple(homes))
        yield from _turns(turned, came, every, deaf)
        yield ReadingBatch(batched_at=at, readings=tuple(part))
        turned = at
    if turned is not None and until is not None:
        yield from _turns(turned, until + every, every, deaf)


def run(chunk: Chunk, batches: Iterable[ReadingBatch]) -> Iterator[Finding]:
    """Let the detectors live through batches, and hear all that they tell."""
    gates = Gates()
    for batch in batches:
        yield from apply(chunk, batch, chunk.offset + 1, gates)


def _flushes(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    part: list[Reading] = []
    for reading in readings:
        if part and (len(part) >= FLUSH_AT or reading.received_at - part[0].received_at > FLUSH_AFTER):
            yield part
            part = []
        part.append(reading)
    if part:
        yield part


def _turns(since: datetime, until: datetime, every: timedelta, deaf: Deaf) -> Iterator[ReadingBatch]:
    at = since + every
    while at < until:
        if not any(began <= at < ended for began, ended in deaf):
            yield ReadingBatch(batched_at=at)
        at += every


def guessed(readings: Iterable[Reading]) -> tuple[WatchedHome, ...]:
    """Make registrations for homes of which only readings are known: each sensor is what it says first."""
    homes: dict[HomeId, dict[SensorId, str]] = {}
    for reading in readings:
        sensors, kind = homes.setdefault(reading.home_id, {}), kind_of(reading.value)
        if kind not in _BESIDE:
            sensors.setdefault(reading.sensor_id, kind)
    return tuple(
        WatchedHome(
            home_id=home_id,
            version=1,
            sensors=tuple(WatchedSensor(sensor_id=sensor_id, kind=kind) for sensor_id, kind in sensors.items()),
        )
        for home_id, sensors in homes.items()
    )
