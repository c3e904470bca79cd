"""The plot: what befalls which home when, written from one seed, and how soon it must be found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from random import Random
from typing import Final

from contracts import Hazard, HomeId, SensorId, Value, WatchPlan
from contracts.values import CarbonMonoxide, Contact, Gas, Motion, Occupancy
from simulator.household import Household, Sighting, readings_between
from simulator.scenes import PLAYS, Cue, Cut, Say, SceneName, flood, mass_outage

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
#: Nobody is found by others for so long after a collapse.
LIES_FOR: Final = timedelta(hours=26)
#: Somebody is at home and moves when there is a movement so shortly before and after.
NEAR: Final = timedelta(minutes=10)
#: Every home is seen for so long before something befalls it.
SEEN_FIRST: Final = 2 * HOUR
#: What follows from something that happened is no false finding for so long.
EXPLAINS: Final = timedelta(hours=40)
#: A storm and an outage meet so many homes at once, at most.
MET_AT_ONCE: Final = 10
#: A word waits at most so long for the next look of the partition's clock.
LOOKS: Final = timedelta(seconds=15)


class Own(StrEnum):
    """What the city plays beside the scenes of the demo."""

    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    COLLAPSE = "collapse"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What must be found, and how soon."""

    hazard: Hazard
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Injected:
    """Something that befell a home."""

    scene: str
    home_id: HomeId
    at: datetime
    #: None: nothing is promised of it.
    promise: Promise | None


@dataclass(kw_only=True)
class Fate:
    """What a home's days hold beside their routine. Mutable while the plot is written."""

    said: list[Sighting]
    cuts: list[tuple[datetime, datetime]]
    still: list[tuple[datetime, datetime]]


#: The demo's stillness is a backlog that is told at once; here somebody lies still, and time goes by.
SCENES: Final = (*Own, *(scene for scene in SceneName if scene is not SceneName.STILLNESS))
_AT_ONCE: Final = timedelta(seconds=2)
_PLAN: Final = WatchPlan()
#: Stillness counts from the last movement, and is told with the next heartbeat.
STILL_WITHIN: Final = timedelta(seconds=_PLAN.inactivity_caution_seconds) + timedelta(minutes=6)
_SILENT_WITHIN: Final = timedelta(seconds=_PLAN.gateway_silent_seconds) + LOOKS
PROMISES: Final[Mapping[str, Promise]] = {
    SceneName.HELP_BUTTON: Promise(hazard=Hazard.HELP, within=_AT_ONCE),
    SceneName.FALL: Promise(hazard=Hazard.FALL, within=timedelta(seconds=90)),
    SceneName.SMOKE: Promise(hazard=Hazard.FIRE, within=_AT_ONCE),
    SceneName.GATEWAY_CUT: Promise(hazard=Hazard.GATEWAY, within=_SILENT_WITHIN),
    SceneName.MASS_OUTAGE: Promise(hazard=Hazard.GATEWAY, within=_SILENT_WITHIN),
    SceneName.BATTERY_LOW: Promise(hazard=Hazard.POWER, within=_AT_ONCE),
    Own.GAS: Promise(hazard=Hazard.GAS, within=_AT_ONCE),
    Own.CARBON_MONOXIDE: Promise(hazard=Hazard.CARBON_MONOXIDE, within=_AT_ONCE),
    Own.COLLAPSE: Promise(hazard=Hazard.STILLNESS, within=STILL_WITHIN),
}
_SAYS: Final[Mapping[str, tuple[str, Callable[[bool], Value]]]] = {
    Own.GAS: ("gas", lambda active: Gas(active=active)),
    Own.CARBON_MONOXIDE: ("carbon_monoxide", lambda active: CarbonMonoxide(active=active)),
}
#: The air is clean again after so long: what never ended could not begin a second time.
_CLEARS_AFTER: Final = timedelta(minutes=20)
#: Between two things that befall one home; what was cried in a cut would come late by the cut's fault.
_APART: Final = timedelta(days=2)


def fates_of(
    homes: Sequence[Household], began: datetime, days: int, *, seed: int, events: int
) -> tuple[dict[HomeId, Fate], list[Injected]]:
    """Write what befalls each home; every scene in turn, never two of them in one home within two days."""
    chance = Random(seed)
    fates = {home.home_id: Fate(said=[], cuts=[], still=[]) for home in homes}
    free = [(home, day) for home in homes for day in range(0, days - 1, 3)]
    chance.shuffle(free)
    injected: list[Injected] = []
    for number in range(events):
        scene = SCENES[number % len(SCENES)]
        met = [free.pop() for _ in range(min(len(free), _homes_met(scene, len(homes))))]
        # Whom one thing meets at once, it meets on one day.
        for home, day in met:
            at = began + (met[0][1] if len(met) > 1 else day) * DAY + chance.random() * 20 * HOUR
            at = at if len(met) == 1 else began + met[0][1] * DAY + 12 * HOUR
            # The first hours are lived as usual: who fell before anybody looked was never seen to move.
            at = max(at, began + SEEN_FIRST)
            if any(abs(at - one.at) < _APART for one in injected if one.home_id == home.home_id):
                continue
            injected += _befalls(scene, home, at, fates[home.home_id], chance)
    return fates, injected


def _homes_met(scene: str, homes: int) -> int:
    return min(MET_AT_ONCE, max(2, homes // 20)) if scene in (SceneName.FLOOD, SceneName.MASS_OUTAGE) else 1


def _befalls(scene: str, home: Household, at: datetime, fate: Fate, chance: Random) -> Iterator[Injected]:
    if scene == Own.COLLAPSE:
        moments = _lively(home, at, at + DAY)
        if moments:
            fall = chance.choice(moments)
            fate.still.append((fall, fall + LIES_FOR))
            yield _injected(scene, home, fall)
        return
    if scene in _SAYS:
        kind, value = _SAYS[scene]
        sensor = home.sensor_of(kind) or SensorId(f"{kind}-unregistered")
        fate.said.append(Sighting(sensor_id=sensor, at=at, value=value(True)))
        fate.said.append(Sighting(sensor_id=sensor, at=at + _CLEARS_AFTER, value=value(False)))
        yield _injected(scene, home, at)
        return
    yield from _played(SceneName(scene), home, at, fate)


def _played(scene: SceneName, home: Household, at: datetime, fate: Fate) -> Iterator[Injected]:
    for cue in _cues(scene, home, at):
        match cue.act:
            case Say(sightings=sightings):
                fate.said += sightings
            case Cut(lasts=lasts):
                fate.cuts.append((at + cue.after, at + cue.after + lasts))
    cues = _cues(scene, home, at)
    told = scene
    if scene is SceneName.FLOOD:
        dark = any(isinstance(cue.act, Cut) for cue in cues)
        told = SceneName.GATEWAY_CUT if dark else SceneName.HELP_BUTTON
    began = min((_begins(cue, at) for cue in cues), default=at)
    yield Injected(scene=scene, home_id=home.home_id, at=began, promise=PROMISES.get(told))


def _begins(cue: Cue, at: datetime) -> datetime:
    match cue.act:
        case Say(sightings=sightings):
            return sightings[0].at
        case Cut():
            return at + cue.after


def _cues(scene: SceneName, home: Household, at: datetime) -> tuple[Cue, ...]:
    if scene is SceneName.FLOOD:
        return flood([home], at)
    if scene is SceneName.MASS_OUTAGE:
        return mass_outage([home], at)
    return PLAYS[scene](home, at)


def _injected(scene: str, home: Household, at: datetime) -> Injected:
    return Injected(scene=scene, home_id=home.home_id, at=at, promise=PROMISES[scene])


def _lively(home: Household, from_at: datetime, to_at: datetime) -> list[datetime]:
    """Find moments at which somebody is at home and moves."""
    # A door alone may be the way out.
    moves = [each.at for each in readings_between(home, from_at, to_at) if isinstance(each.value, Motion)]
    return [before + timedelta(seconds=1) for before, after in pairwise(moves) if after - before < NEAR]


def is_movement(value: Value) -> bool:
    """Tell whether a person made this reading."""
    return isinstance(value, Motion | Contact | Occupancy)
