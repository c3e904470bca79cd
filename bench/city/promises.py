"""What the city plays, and what of it must be found how soon: the plan's own limits, and the way of a word to us."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from contracts import Hazard, WatchPlan
from detectors.appliance_left_on import LONGEST
from detectors.whereabouts import MOST_PATIENCE
from simulator.scenes import SceneName
from simulator.surroundings import Befalls


class Own(StrEnum):
    """What the city plays beside the scenes of the demo."""

    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    COLLAPSE = "collapse"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What must be found, and how soon after it began."""

    hazard: Hazard
    within: timedelta
    #: The finding that must be among them; empty: whatever is told of this hazard.
    kind: str = ""


#: The demo's stillness is a backlog that is told at once; here somebody lies still, and time goes by.
SCENES: Final = (*Own, *(scene for scene in SceneName if scene is not SceneName.STILLNESS), *Befalls)
#: What befalls the home itself.
BEFALLS: Final[frozenset[str]] = frozenset(Befalls)
_PLAN: Final = WatchPlan()
_AT_ONCE: Final = timedelta(seconds=2)
#: A word waits at most so long for the next look of the partition's clock.
LOOKS: Final = timedelta(seconds=15)
#: What is counted in heard time is told with a heartbeat, and begins with one of its steps.
HEARD: Final = timedelta(minutes=6)
#: A meter that speaks every ten minutes notices that much later.
_METERED: Final = timedelta(minutes=16)
#: What is counted in whole hours begins and ends with one.
_HOURLY: Final = timedelta(hours=1, minutes=16)
#: From going to bed until the waking hours of the next day.
_NIGHT: Final = timedelta(hours=9)


def _after(seconds: int, more: timedelta = HEARD) -> timedelta:
    return timedelta(seconds=seconds) + more


def _if_out(seconds: int) -> timedelta:
    """Whoever is out is not waited for as whoever is inside: a passive rule has more patience then."""
    return _after(round(seconds * MOST_PATIENCE))


_SILENT_WITHIN: Final = _after(_PLAN.gateway_silent_seconds, LOOKS)
#: Stillness counts from the last movement.
STILL_WITHIN: Final = _after(_PLAN.inactivity_caution_seconds)
#: The air burns for its last two minutes of three.
_BURNS_AFTER: Final = timedelta(minutes=1)
#: The television is switched on half an hour after the last movement.
_SWITCHED_ON_AFTER: Final = timedelta(minutes=30)
#: A home's own longest evening and an hour raise the limit of its television up to this: some sit there for ten hours.
LONGEST_EVENING: Final = LONGEST

PROMISES: Final[Mapping[str, Promise]] = {
    SceneName.HELP_BUTTON: Promise(hazard=Hazard.HELP, within=_AT_ONCE),
    SceneName.FALL: Promise(hazard=Hazard.FALL, within=timedelta(seconds=90)),
    SceneName.SMOKE: Promise(hazard=Hazard.FIRE, within=_AT_ONCE),
    SceneName.GATEWAY_CUT: Promise(hazard=Hazard.GATEWAY, within=_SILENT_WITHIN),
    SceneName.MASS_OUTAGE: Promise(hazard=Hazard.GATEWAY, within=_SILENT_WITHIN),
    SceneName.BATTERY_LOW: Promise(hazard=Hazard.POWER, within=_AT_ONCE),
    # By day a home's own longest stay may raise the limit, up to the hour at which it is an emergency.
    SceneName.BATHROOM: Promise(hazard=Hazard.STILLNESS, within=_after(_PLAN.bathroom_emergency_seconds)),
    # Counted from midnight: the plot adds when the morning's limit is.
    SceneName.NO_MORNING: Promise(hazard=Hazard.STILLNESS, within=HEARD),
    SceneName.NIGHT_DOOR: Promise(hazard=Hazard.ABSENCE, within=_after(_PLAN.left_at_night_seconds)),
    Own.GAS: Promise(hazard=Hazard.GAS, within=_AT_ONCE),
    Own.CARBON_MONOXIDE: Promise(hazard=Hazard.CARBON_MONOXIDE, within=_AT_ONCE),
    Own.COLLAPSE: Promise(hazard=Hazard.STILLNESS, within=STILL_WITHIN),
    Befalls.COLD_HOME: Promise(hazard=Hazard.TEMPERATURE, within=_if_out(_PLAN.cold_caution_seconds)),
    Befalls.HOT_HOME: Promise(hazard=Hazard.TEMPERATURE, within=_if_out(_PLAN.hot_urgent_seconds)),
    Befalls.RISING_HEAT: Promise(hazard=Hazard.FIRE, within=_BURNS_AFTER + _AT_ONCE),
    Befalls.DOOR_LEFT_OPEN: Promise(hazard=Hazard.DOOR, within=_after(_PLAN.door_open_seconds)),
    Befalls.STOVE_LEFT_ON: Promise(hazard=Hazard.APPLIANCE, within=_after(_PLAN.stove_on_seconds)),
    Befalls.APPLIANCE_LEFT_ON: Promise(
        hazard=Hazard.STILLNESS,
        within=_SWITCHED_ON_AFTER + LONGEST_EVENING + HEARD,
        kind=Befalls.APPLIANCE_LEFT_ON,
    ),
    Befalls.POWER_FLAT: Promise(
        hazard=Hazard.STILLNESS, within=_after(_PLAN.power_flat_seconds, _HOURLY), kind=Befalls.POWER_FLAT
    ),
    Befalls.WATER_NOT_USED: Promise(
        hazard=Hazard.STILLNESS,
        within=_after(_PLAN.water_unused_seconds, _NIGHT + _METERED),
        kind=Befalls.WATER_NOT_USED,
    ),
    Befalls.WATER_RUNNING: Promise(hazard=Hazard.WATER, within=_after(_PLAN.water_running_seconds)),
    Befalls.VITAL_SIGNS: Promise(hazard=Hazard.VITAL_SIGNS, within=_after(_PLAN.vital_signs_seconds)),
    # The second is the first that is told; the play asks four times.
    Befalls.CHECK_UNANSWERED: Promise(
        hazard=Hazard.STILLNESS, within=timedelta(minutes=10) + _AT_ONCE, kind=Befalls.CHECK_UNANSWERED
    ),
    Befalls.MEDICATION_MISSED: Promise(hazard=Hazard.MEDICATION, within=_after(_PLAN.medication_missed_seconds)),
}
