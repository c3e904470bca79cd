"""Hold one word for what many say: each record and each chunk that is read brings copies of its own."""

from collections.abc import Iterator
from functools import lru_cache
from sys import intern
from typing import TypeVar

from msgspec import structs

from contracts import HomeId, SensorId, WatchedHome, WatchedSensor, WatchPlan
from detectors.measured import Gauge, Measured
from detectors.nothing import NOTHING
from detectors.state import HomeState

Held = TypeVar("Held")


def shared(home: WatchedHome) -> WatchedHome:
    """Hold one plan and one word for what many homes have in common."""
    return structs.replace(
        home,
        home_id=HomeId(intern(home.home_id)),
        timezone=intern(home.timezone),
        sensors=_one_set(tuple(_shared_sensor(each) for each in home.sensors)),
        plan=_one_plan(home.plan),
    )


def slim(state: HomeState) -> HomeState:
    """Hold one name for each sensor of a home, and one word for what was said once."""
    state.sensor_heard = _named(state.sensor_heard)
    state.sensor_active = _named(state.sensor_active)
    state.devices = _named(state.devices)
    state.sensor_enrolled = _named(state.sensor_enrolled)
    moments = {at: at for at in state.sensor_enrolled.values()}
    for sensor, at in state.sensor_enrolled.items():
        state.sensor_enrolled[sensor] = moments[at]
    if state.watermark_live == state.watermark:
        state.watermark_live = state.watermark
    if state.active is not None and state.active_live == state.active.at:
        state.active_live = state.active.at
    state.occupancy = _named(state.occupancy) if state.occupancy else state.occupancy
    state.charges = _named(state.charges) if state.charges else state.charges
    if state.measured is not None:
        _slim_measured(state.measured)
    return state


def _slim_measured(measured: Measured) -> None:
    for name in ("air", "power", "water", "heart", "breath", "doors", "doses", "answers", "tests"):
        held = getattr(measured, name)
        setattr(measured, name, _named(held) if held else NOTHING)
    for gauge in _gauges(measured):
        if gauge.live == gauge.newest:
            gauge.live = gauge.newest


def _gauges(measured: Measured) -> Iterator[Gauge]:
    for gauges in (measured.air, measured.power, measured.heart, measured.breath):
        yield from gauges.values()


def _named(held: dict[str, Held]) -> dict[str, Held]:
    return {intern(name): each for name, each in held.items()}


def _shared_sensor(each: WatchedSensor) -> WatchedSensor:
    sensor_id = SensorId(intern(each.sensor_id))
    return structs.replace(each, sensor_id=sensor_id, kind=intern(each.kind), room=intern(each.room))


@lru_cache(maxsize=4096)
def _one_set(sensors: tuple[WatchedSensor, ...]) -> tuple[WatchedSensor, ...]:
    # Where gateways name sensors by their place, most homes have what some other has.
    return sensors


@lru_cache(maxsize=1024)
def _one_plan(plan: WatchPlan) -> WatchPlan:
    return plan
