"""Homes that have lived: a few are played for some days with their gateways' heartbeats; all others are like them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from msgspec import structs

from bench.samples import street_of
from contracts import HomeId, Reading, ReadingBatch, SensorId, Value, WatchedHome
from contracts.ids import reading_id
from contracts.values import Heartbeat
from detectors.chunk import Chunk, apply
from detectors.gate import Gates
from detectors.sharing import slim
from detectors.state import HomeState
from homes.model import watched_home
from simulator.household import household_of, readings_between

#: So many homes are played.
PLAYED: Final = 25
#: They have lived for so long: all windows of three days are full, and their habits are known.
LIVED: Final = timedelta(days=5)
#: Half past seven in the morning in Seoul, on a Saturday: everybody is up.
BEGAN: Final = datetime(2026, 3, 6, 22, 30, tzinfo=UTC)
#: A gateway tells that it lives.
BEAT: Final = timedelta(seconds=60)
#: What a reading is on its way until the bridge has it.
ON_ITS_WAY: Final = timedelta(milliseconds=120)
_TOGETHER: Final = 50

#: When somebody sees what.
Sighting = tuple[datetime, SensorId, Value]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(HomeState)


def played() -> list[WatchedHome]:
    """Name the homes that are played."""
    return [watched_home(home) for home in street_of(PLAYED, webhook="").homes]


def seen_of(home: WatchedHome, number: int, since: datetime, until: datetime) -> list[Sighting]:
    """Play one home: what its sensors see, and its gateway's heartbeats between."""
    seen = [(one.at, one.sensor_id, one.value) for one in readings_between(household_of(home, seed=1), since, until)]
    first = since + BEAT * (number % PLAYED / PLAYED)
    seen += [(first + BEAT * turn, SensorId("gateway"), Heartbeat()) for turn in range((until - first) // BEAT)]
    return sorted(seen, key=lambda one: one[0])


def reading_of(home: HomeId, sighting: Sighting) -> Reading:
    """Make a reading as the bridge does."""
    at, sensor, value = sighting
    return Reading(
        reading_id=reading_id(home, sensor, kind="bench", mark=f"{at}{value}"),
        home_id=home,
        sensor_id=sensor,
        observed_at=at,
        received_at=at + ON_ITS_WAY,
        value=value,
    )


def lived(homes: Sequence[WatchedHome]) -> list[bytes]:
    """Let each of the homes live until `BEGAN`, and write its state down."""
    return [_lived(home, number) for number, home in enumerate(homes)]


def moved_in(chunk: Chunk, home: WatchedHome, model: bytes) -> None:
    """Let a home have lived as its model did, in objects of its own."""
    chunk.homes[home.home_id] = home
    chunk.states[home.home_id] = slim(_decoder.decode(model))


def named(model: WatchedHome, number: int) -> WatchedHome:
    """Make a home that is like its model."""
    return structs.replace(model, home_id=HomeId(f"h-{number:06d}"))


def _lived(home: WatchedHome, number: int) -> bytes:
    chunk, gates = Chunk(), Gates()
    since = BEGAN - LIVED
    apply(chunk, ReadingBatch(batched_at=since, homes=(home,)), 0, gates)
    for offset, batch in enumerate(_batches(home, seen_of(home, number, since, BEGAN)), start=1):
        apply(chunk, batch, offset, gates)
    state = chunk.states[home.home_id]
    state.listened_at = timedelta(0)  # its new chunk has not listened yet
    return _encoder.encode(state)


def _batches(home: WatchedHome, seen: Sequence[Sighting]) -> Iterator[ReadingBatch]:
    for first in range(0, len(seen), _TOGETHER):
        readings = tuple(reading_of(home.home_id, one) for one in seen[first : first + _TOGETHER])
        yield ReadingBatch(batched_at=readings[-1].received_at, readings=readings)
