"""The city's life: every home's words in the order in which they reach the bridge, made while they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from random import Random
from typing import Final

from bench.city.plot import DAY, Fate, is_movement
from contracts import HomeId, Reading, SensorId, WatchedHome
from contracts.values import Heartbeat
from ingest.files import load_profiles
from ingest.intake import Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from simulator.dialects import GATEWAY, dialect_of, spoken
from simulator.household import Household, Sighting, readings_between

#: From the sensor to the bridge.
_WAY: Final = timedelta(milliseconds=60)
#: One message in so many comes twice: its acknowledgement was lost.
_TWICE: Final = 50
_LIMITS: Final = Limits(largest_payload_bytes=262_144, late_after=timedelta(minutes=5))

#: When it reaches the bridge, and what it is.
_Word = tuple[datetime, Sighting]


def flow(
    homes: Sequence[Household],
    watched: Mapping[str, WatchedHome],
    fates: Mapping[HomeId, Fate],
    began: datetime,
    days: int,
    *,
    beat: timedelta,
    seed: int,
) -> Iterator[Reading]:
    """Merge all homes' readings by arrival; in memory is one day of sightings of each."""
    learned = Learned(profiles=load_profiles())
    lines = (
        _admitted(home, watched, learned, _days(home, fates[home.home_id], began, days, beat), seed) for home in homes
    )
    return merge(*lines, key=lambda reading: reading.received_at)


def _admitted(
    home: Household, watched: Mapping[str, WatchedHome], learned: Learned, words: Iterator[_Word], seed: int
) -> Iterator[Reading]:
    """Let a home speak its dialect, and the bridge take in what it says, some of it twice."""
    chance, dialect = Random(home.seed ^ seed), dialect_of(home)
    for seq, (heard_at, sighting) in enumerate(words, start=1):
        for said in spoken(home.home_id, dialect, [sighting], session=1, seq=seq):
            message = GatewayMessage(topic=said.topic, payload=said.payload, received_at=heard_at)
            readings = take_in(message, watched, _LIMITS, learned).readings
            yield from readings
            if not chance.randrange(_TWICE):
                yield from readings


def _days(home: Household, fate: Fate, began: datetime, days: int, beat: timedelta) -> Iterator[_Word]:
    held: list[_Word] = []
    for number in range(days):
        day = began + number * DAY
        words = _day(home, fate, day, beat)
        held = sorted([*held, *words], key=lambda word: word[0])
        ready = [word for word in held if word[0] < day + DAY]
        held = held[len(ready) :]
        yield from ready


def _day(home: Household, fate: Fate, day: datetime, beat: timedelta) -> Iterator[_Word]:
    for sighting in (*readings_between(home, day, day + DAY), *fate.said):
        lies = is_movement(sighting.value) and any(low <= sighting.at < high for low, high in fate.still)
        if lies or not day <= sighting.at < day + DAY:
            continue
        yield max((high for low, high in fate.cuts if low <= sighting.at < high), default=sighting.at) + _WAY, sighting
    at = day + timedelta(seconds=home.seed % int(beat.total_seconds()))
    while at < day + DAY:
        if not any(low <= at < high for low, high in fate.cuts):
            yield at + _WAY, Sighting(sensor_id=SensorId(GATEWAY), at=at, value=Heartbeat())
        at += beat
