"""The repertoire: everything that can be played in a street, by its name, and which homes may play it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from simulator import cries, surroundings
from simulator.cries import Cries
from simulator.household import Household
from simulator.scenes import RESTING, Cue, Play, SceneName, cues_of
from simulator.surroundings import Befalls

#: What can be asked for: the demo's scenes, what befalls a home, and what its devices cry.
Playable = SceneName | Befalls | Cries

_PLAYS: Final[Mapping[str, Play]] = dict((*surroundings.plays().items(), *cries.plays().items()))
#: These speak only where nobody moves by themselves.
IN_RESTING_HOMES: Final[frozenset[str]] = RESTING | {
    # There the thermometers leave the air to the play.
    Befalls.COLD_HOME,
    Befalls.HOT_HOME,
    Befalls.STOVE_LEFT_ON,
    Befalls.APPLIANCE_LEFT_ON,
    Befalls.POWER_FLAT,
    Befalls.WATER_NOT_USED,
    Befalls.VITAL_SIGNS,
    Befalls.CHECK_UNANSWERED,
    Cries.BLIND_HOME,
    Cries.OUT_OF_BED,
    Cries.OUT_TOO_LONG,
    Cries.STUCK_SENSOR,
}
NAMES: Final[tuple[Playable, ...]] = (*SceneName, *Befalls, *Cries)


def named(name: str) -> Playable | None:
    """Find what is played under a name; None: nothing."""
    return next((one for one in NAMES if one == name), None)


def cues(name: Playable, homes: Sequence[Household], now: datetime) -> tuple[Cue, ...]:
    """Write the cues of what was asked for: in the first of the homes, or in all of them where many are met at once."""
    return cues_of(name, homes, now) if isinstance(name, SceneName) else _PLAYS[name](homes[0], now)


#: The finding that each leads to first; where it differs from the name.
_LEADS: Final[Mapping[str, str]] = {
    SceneName.STILLNESS: "inactivity",
    SceneName.GATEWAY_CUT: "gateway_silent",
    SceneName.MASS_OUTAGE: "gateway_silent",
    SceneName.FLOOD: "help_button",
    SceneName.NO_MORNING: "first_activity",
    SceneName.NIGHT_DOOR: "left_at_night",
}


def finding_of(name: Playable) -> str:
    """Tell which detector speaks when it is played."""
    return _LEADS.get(name, str(name))
