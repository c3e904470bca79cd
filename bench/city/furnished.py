"""Homes with meters: some of the city's have a plug, a stove, a water meter, a radar, a speaker or a dispenser."""

from collections.abc import Iterator
from typing import Final

from msgspec import structs

from contracts import SensorId, WatchedHome, WatchedSensor
from simulator.dice import roll

#: The plug of the stove: which plug is one, only a plan can say.
STOVE: Final = SensorId("plug-stove")
#: (id, kind, room, share of homes); every one of them says something within a day.
_METERS: Final = (
    (STOVE, "power", "kitchen", 0.15),
    (SensorId("plug-tv"), "power", "living", 0.25),
    (SensorId("water"), "water_flow", "bathroom", 0.2),
    (SensorId("radar-bed"), "vital_signs", "bedroom", 0.1),
    (SensorId("speaker"), "voice", "living", 0.2),
    (SensorId("dispenser"), "medication", "kitchen", 0.15),
)


def furnished(home: WatchedHome, *, seed: int) -> WatchedHome:
    """Put meters into a home by its lot."""
    meters = tuple(_meters(home, seed))
    stoves = tuple(meter.sensor_id for meter in meters if meter.sensor_id == STOVE)
    return structs.replace(home, sensors=(*home.sensors, *meters), plan=structs.replace(home.plan, stoves=stoves))


def _meters(home: WatchedHome, seed: int) -> Iterator[WatchedSensor]:
    for sensor_id, kind, room, share in _METERS:
        if roll(seed, home.home_id, "meter", sensor_id) < share:
            yield WatchedSensor(sensor_id=sensor_id, kind=kind, room=room, silent_after_seconds=86_400)
