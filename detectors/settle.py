"""Settle in: learn from a home's registration which sensor sees which place."""

from contracts import WatchedHome
from detectors.devices import Device
from detectors.rooms import INSIDE, place_of
from detectors.state import HomeState
from detectors.ways import Ways


def settle(state: HomeState, home: WatchedHome) -> None:
    """Place the sensors of a home; one without a sensor that sees a place keeps no ways, and pays nothing for them."""
    state.settled = home.version
    for device in state.devices.values():
        device.place = 0
    seen = 0
    for sensor in home.sensors:
        if place := place_of(sensor):
            seen |= place
            state.devices.setdefault(sensor.sensor_id, Device()).place = place
    if not seen & INSIDE:
        state.ways = None
    elif state.ways is None:
        state.ways = Ways()
