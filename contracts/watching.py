"""What is watched in a home, and how: all that detectors know of it. Nothing here tells who lives there."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from contracts.ids import HomeId, SensorId


class HoldKind(StrEnum):
    """Why passive watching rests for a while."""

    AWAY = "away"
    HOSPITAL = "hospital"
    VISITOR = "visitor"
    TEST = "test"
    MAINTENANCE = "maintenance"


#: A walk test of the devices lasts so long at most (the console's walk test, §4d; docs/decisions/0010).
WALK_TEST: Final = timedelta(minutes=30)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A span in which passive rules create nothing. It always ends by itself."""

    kind: HoldKind
    from_at: datetime
    until_at: datetime


class WatchedSensor(msgspec.Struct, frozen=True, kw_only=True):
    """A registered sensor."""

    sensor_id: SensorId
    #: What it is: motion, contact, help_button, smoke, ... (the kind of its main value).
    kind: str
    room: str = ""
    #: Silent for longer than this means broken; None: a sensor that may rightly be silent for ever.
    silent_after_seconds: int | None = None


class WatchPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of every rule for one home; the defaults are the programme's."""

    #: The cities' fixed steps for stillness: 8 h 주의, 12 h 경보, 24 h 위험 (domain facts, Seoul and Seongnam).
    inactivity_caution_seconds: int = 8 * 3600
    inactivity_urgent_seconds: int = 12 * 3600
    inactivity_emergency_seconds: int = 24 * 3600
    #: Three missed heartbeats of 60 s (SOS Access level "180 s").
    gateway_silent_seconds: int = 180
    #: A press is told again for so long, so that a lost finding is healed.
    help_told_for_seconds: int = 600


class WatchedHome(msgspec.Struct, frozen=True, kw_only=True):
    """A home as detectors know it. A higher version replaces a lower one."""

    home_id: HomeId
    version: int
    timezone: str = "Asia/Seoul"
    #: False: taken out of service; nothing is judged any more.
    watched: bool = True
    sensors: tuple[WatchedSensor, ...] = ()
    holds: tuple[Hold, ...] = ()
    plan: WatchPlan = WatchPlan()
