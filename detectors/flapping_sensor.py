"""A flapping sensor: it cannot keep still, so that its words mean nothing; they are one trouble, not many."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from contracts import Hazard, Sentence, WatchedHome
from contracts.values import Contact, Occupancy, Tamper, WaterLeak
from detectors.concern import Concern
from detectors.devices import CHATTER_SLOT, changes_in
from detectors.devices_told import ailing, already_told
from detectors.looking import Look, times
from detectors.state import HomeState

KIND: Final = "flapping_sensor"
#: Three changes a minute (domain facts, §7: "chattering >= 3/min"), kept up for a whole slot of five minutes.
CHANGES: Final = 15
#: Told once, it is over after two slots with fewer than so many.
ENDS_BELOW: Final = 5
WAKES_ON: Final[tuple[type, ...]] = (
    Contact,
    Occupancy,
    Tamper,
    WaterLeak,
)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every contact, bed, leak sensor or tamper switch that chatters. Movement may come and go as it likes."""
    if not state.doubtful:
        return ()
    return tuple(_concerns(state, home, now))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every sensor that may flap how often it changed within five minutes."""
    del home
    what = Sentence(ko="5분 안에 바뀐 횟수", en="changes in 5 minutes")
    return tuple(
        times(what, max(changes_in(device, now), default=0), CHANGES, about=sensor_id)
        for sensor_id, device in state.devices.items()
        if device.chatter
    )


def _concerns(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    for sensor_id in sorted(state.doubtful):
        changes = max(changes_in(state.devices[sensor_id], now), default=0)
        if changes < (ENDS_BELOW if already_told(state, KIND, sensor_id) else CHANGES):
            continue
        yield ailing(
            state,
            home,
            kind=KIND,
            hazard=Hazard.SENSOR,
            about=sensor_id,
            sentence=Sentence(
                ko=f"센서 채터링: 5분에 {changes}번 바뀜 · 한계 {CHANGES}번",
                en=f"sensor flaps: {changes} changes in 5 minutes · limit {CHANGES}",
            ),
            values={"changes": float(changes), "seconds": CHATTER_SLOT.total_seconds()},
            limit=float(CHANGES),
            now=now,
        )
