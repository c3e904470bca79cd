"""The plot: what befalls which home when, written from one seed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bench.city.acts import DAY, HOUR, Fate, Injected, befalls, fits
from bench.city.promises import SCENES
from contracts import HomeId
from simulator.household import Household
from simulator.scenes import SceneName
from simulator.surroundings import Befalls

#: Every home is seen for so long before something befalls it.
SEEN_FIRST: Final = 2 * HOUR
#: What is unlike a home's own days needs some of them first.
_KNOWN_FIRST: Final[Mapping[str, timedelta]] = {Befalls.POWER_FLAT: 3 * DAY, Befalls.APPLIANCE_LEFT_ON: DAY}
#: What follows from something that happened is no false finding for so long.
EXPLAINS: Final = timedelta(hours=40)
#: A storm and an outage meet so many homes at once, at most.
MET_AT_ONCE: Final = 10
#: Between two things that befall one home; what was cried in a cut would come late by the cut's fault.
_APART: Final = timedelta(days=2)
#: A home's day on which something may befall it.
_Free = tuple[Household, int]


def fates_of(
    homes: Sequence[Household],
    began: datetime,
    days: int,
    *,
    seed: int,
    events: int,
    scenes: Sequence[str] = SCENES,
) -> tuple[dict[HomeId, Fate], list[Injected]]:
    """Write what befalls each home; every scene in turn, never two of them in one home within two days."""
    chance = Random(seed)
    fates = {home.home_id: Fate() for home in homes}
    free = [(home, day) for home in homes for day in range(0, days - 1, 3)]
    chance.shuffle(free)
    injected: list[Injected] = []
    for number in range(events):
        scene = scenes[number % len(scenes)]
        met = _met(scene, free, _homes_met(scene, len(homes)))
        # Whom one thing meets at once, it meets on one day.
        for home, day in met:
            at = began + (met[0][1] if len(met) > 1 else day) * DAY + chance.random() * 20 * HOUR
            at = at if len(met) == 1 else began + met[0][1] * DAY + 12 * HOUR
            # The first hours are lived as usual: who fell before anybody looked was never seen to move.
            at = max(at, began + SEEN_FIRST)
            if any(abs(at - one.at) < _APART for one in injected if one.home_id == home.home_id):
                continue
            injected += befalls(scene, home, at, fates[home.home_id], chance)
    return fates, injected


def _met(scene: str, free: list[_Free], homes: int) -> list[_Free]:
    """Take the last free days of homes that a thing may befall."""
    first = _KNOWN_FIRST.get(scene, timedelta())
    met: list[_Free] = []
    for place in range(len(free) - 1, -1, -1):
        if len(met) == homes:
            break
        home, day = free[place]
        if day * DAY >= first and fits(scene, home):
            met.append(free.pop(place))
    return met


def _homes_met(scene: str, homes: int) -> int:
    return min(MET_AT_ONCE, max(2, homes // 20)) if scene in (SceneName.FLOOD, SceneName.MASS_OUTAGE) else 1
