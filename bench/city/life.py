"""The city's life: every home's words in the order in which they reach the bridge, made while they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from random import Random
from typing import Final

from bench.city.acts import DAY, Fate
from contracts import HomeId, Reading, SensorId, Value, WatchedHome
from contracts.values import Contact, Heartbeat, Medication, Motion, Occupancy, Power, VitalSigns, Voice, WaterFlow
from ingest.intake import Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.profiles import Profiles
from simulator.dialects import GATEWAY, dialect_of, spoken
from simulator.household import Household, Sighting, readings_between

#: From the sensor to the bridge.
_WAY: Final = timedelta(milliseconds=60)
#: One message in so many comes twice: its acknowledgement was lost.
_TWICE: Final = 50
#: What a plug counts when nothing is switched on.
_IDLE_WATTS: Final = 0.6
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
    profiles: Profiles,
) -> Iterator[Reading]:
    """Merge all homes' readings by arrival; in memory is one day of sightings of each."""
    learned = Learned(profiles=profiles)
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
    for sighting in (*_lived(home, fate, day), *fate.said):
        if not day <= sighting.at < day + DAY:
            continue
        yield max((high for low, high in fate.cuts if low <= sighting.at < high), default=sighting.at) + _WAY, sighting
    at = day + timedelta(seconds=home.seed % int(beat.total_seconds()))
    while at < day + DAY:
        if not any(low <= at < high for low, high in fate.cuts):
            yield at + _WAY, Sighting(sensor_id=SensorId(GATEWAY), at=at, value=Heartbeat())
        at += beat


def _lived(home: Household, fate: Fate, day: datetime) -> Iterator[Sighting]:
    """Tell what the home's own sensors say: not what the plot says for them, and nothing of who lies still."""
    for sighting in readings_between(home, day, day + DAY):
        at = sighting.at
        if any(sensor == sighting.sensor_id and low <= at < high for sensor, low, high in fate.spoken_for):
            continue
        if not any(low <= at < high for low, high in fate.still):
            yield sighting
        elif value := lifeless(sighting.value):
            yield Sighting(sensor_id=sighting.sensor_id, at=at, value=value)


def lifeless(value: Value) -> Value | None:
    """Tell what a sensor says while nobody moves; None: nothing."""
    match value:
        case Motion() | Contact() | Occupancy() | Voice() | Medication() | VitalSigns():
            return None
        case Power():
            return Power(watts=_IDLE_WATTS)
        case WaterFlow():
            return WaterFlow(litres_per_minute=0.0)
        case _:
            return value
