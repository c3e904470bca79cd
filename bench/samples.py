"""The emergencies that are measured: real messages of devices, and what must come of each."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from contracts import Hazard, HomeId, SensorId, WatchedSensor
from homes.model import Home
from homes.street import Street
from simulator.dialects import Dialect, Message, topic_of
from simulator.neighbourhood import neighbourhood

FILE: Final = Path(__file__).parent / "samples.json"


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A message that means an emergency."""

    name: str
    dialect: Dialect
    #: The device's own topic, behind the home's.
    path: str
    payload: str
    sensor: str
    #: What the sensor is registered as.
    kind: str
    hazard: Hazard
    source: str


@dataclass(frozen=True, kw_only=True)
class Cry:
    """One sample in a home of its own, so that it opens an alert of its own."""

    home_id: HomeId
    sample: Sample

    @property
    def message(self) -> Message:
        """What the home's gateway publishes."""
        topic = topic_of(self.home_id, self.sample.dialect, self.sample.path)
        return Message(topic=topic, payload=self.sample.payload.encode())


def samples() -> list[Sample]:
    """Read all samples. A water leak is not among them: it waits 15 minutes for an operator before it calls people."""
    return msgspec.json.decode(FILE.read_bytes(), type=list[Sample])


def staged(street: Street, chosen: list[Sample], *, cries: int) -> tuple[Street, list[Cry]]:
    """Give the first homes of a street one sample each, and the sensor that sends it."""
    cast = [Cry(home_id=home.home_id, sample=chosen[n % len(chosen)]) for n, home in enumerate(street.homes[:cries])]
    homes = [_with(home, cry.sample) for home, cry in zip(street.homes, cast, strict=False)]
    return replace(street, homes=(*homes, *street.homes[cries:])), cast


def street_of(homes: int, *, webhook: str, seed: int = 1) -> Street:
    """Invent the street in which it is measured."""
    return neighbourhood(homes, seed=seed, webhook=webhook)


def _with(home: Home, sample: Sample) -> Home:
    sensor = WatchedSensor(sensor_id=SensorId(sample.sensor), kind=sample.kind, room="living")
    return replace(home, sensors=(*home.sensors, sensor))
