"""Since when an electric device is on: over its own idle level, as far as its plug was heard."""

from datetime import datetime
from typing import Final

from contracts import WatchedHome
from detectors.measured import Gauge, watt_level, watts_of
from detectors.measuring import PAUSE_STEPS, believed, since_step, word_of
from detectors.state import HomeState, Told
from detectors.tracks import standing

#: A device is on when it draws so much more than when it idles.
OVER_IDLE_WATTS: Final = 10.0
OVER_IDLE_SHARE: Final = 1.3
#: A stove idles at so much at most, and is on so much above it.
STOVE_IDLE_WATTS: Final = 20.0
STOVE_OVER_IDLE_WATTS: Final = 30.0
#: What can tell that somebody is there.
NOTICING_KINDS: Final = frozenset({"motion", "contact", "presence", "occupancy", "water_flow"})


def idle_watts(gauge: Gauge) -> float:
    """Tell the least that a device drew within the last week."""
    return watts_of(min(gauge.hours.low)) if gauge.hours else 0.0


def on_level(gauge: Gauge) -> int:
    """Tell the level above which a device is on; one that never idled within the week is never on."""
    idle = idle_watts(gauge)
    return watt_level(max(idle + OVER_IDLE_WATTS, idle * OVER_IDLE_SHARE))


def stove_level(gauge: Gauge) -> int:
    """Tell the level above which a stove is on."""
    return watt_level(min(idle_watts(gauge), STOVE_IDLE_WATTS) + STOVE_OVER_IDLE_WATTS)


def on_since(state: HomeState, gauge: Gauge, over: int, told: Told | None, now: datetime) -> datetime | None:
    """Tell since when a device is on without having been heard off; None: it is off, or nobody knows any more."""
    if watt_level(word_of(gauge, told).value) <= over or not believed(state, gauge, now):
        return None
    track = gauge.steps
    age = None if track is None else standing(track.high, lambda level: level > over, PAUSE_STEPS)
    return None if track is None or age is None else since_step(track, age, state.first_at)


def notices_people(home: WatchedHome) -> bool:
    """Tell whether anything in a home would notice somebody."""
    return any(sensor.kind in NOTICING_KINDS for sensor in home.sensors)
