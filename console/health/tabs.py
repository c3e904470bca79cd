"""What can be wrong with devices, sorted as engineers work through it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Tab(StrEnum):
    """One list of the page; the word is also the path's."""

    OFFLINE = "offline"
    BATTERY = "battery"
    LINK = "link"
    CLOCK = "clock"
    TAMPER = "tamper"
    #: Tests that were not made or not passed, and devices past their life.
    DUE = "due"
    BROKEN = "broken"


#: The detectors whose findings stand in a list.
KINDS: Final[Mapping[Tab, tuple[str, ...]]] = {
    Tab.OFFLINE: ("not_protected", "gateway_silent", "blind_home", "sensor_silent", "mains_lost"),
    Tab.BATTERY: ("battery_low", "battery_forecast"),
    Tab.LINK: ("weak_link", "messages_lost"),
    Tab.CLOCK: ("clock_wrong",),
    Tab.TAMPER: ("tamper",),
    Tab.DUE: ("test_missing", "detector_expired", "self_test_failed"),
    Tab.BROKEN: ("stuck_sensor", "flapping_sensor"),
}
#: Every kind that is a device's trouble.
ALL_KINDS: Final = tuple(kind for kinds in KINDS.values() for kind in kinds)


def tab_of(kind: str) -> Tab | None:
    """Tell in which list a finding stands; None: it is no device's."""
    return next((tab for tab, kinds in KINDS.items() if kind in kinds), None)
