"""Acts: how each thing befalls a home of the city, lived through in its own time, not told from a backlog.

A person who lies somewhere moves nothing and switches nothing: the home's own words of them fall silent until somebody
comes. What a play measures stands in place of the sensor's own words.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from bench.city.promises import BEFALLS, LONGEST_EVENING, PROMISES, Own, Promise
from contracts import HomeId, SensorId, Value, WatchPlan
from contracts.values import CarbonMonoxide, Contact, Gas, Motion
from simulator.dialects import GATEWAY
from simulator.household import Household, Sighting, readings_between
from simulator.scenes import PLAYS, Cue, Cut, Play, Say, SceneName, flood, mass_outage
from simulator.surroundings import Befalls, plays

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
#: Nobody is found by others for so long after a collapse.
LIES_FOR: Final = timedelta(hours=26)
#: Somebody is at home and moves when there is a movement so shortly before and after.
NEAR: Final = timedelta(minutes=10)
#: The air is clean again after so long: what never ended could not begin a second time.
_CLEARS_AFTER: Final = timedelta(minutes=20)
#: A plug counts so often.
_METERED_EVERY: Final = timedelta(minutes=5)
#: A door that was left open is shut by somebody after so long.
_SHUT_AFTER: Final = timedelta(minutes=40)
#: From half past eleven on everybody of the city is in bed, and out of the door by then is out at night.
_IN_BED: Final = time(23, 40)
_IN_BED_FOR: Final = timedelta(hours=4)
_MORNING: Final = timedelta(seconds=WatchPlan().first_activity_latest_seconds)
_SAYS: Final[Mapping[str, tuple[str, Callable[[bool], Value]]]] = {
    Own.GAS: ("gas", lambda active: Gas(active=active)),
    Own.CARBON_MONOXIDE: ("carbon_monoxide", lambda active: CarbonMonoxide(active=active)),
}
#: The sensor that a thing needs where the home must have its own: (kind, room).
NEEDS: Final[Mapping[str, tuple[str, str]]] = {
    SceneName.BATHROOM: ("motion", "bathroom"),
    SceneName.NIGHT_DOOR: ("contact", "entrance"),
    Befalls.COLD_HOME: ("temperature", "living"),
    Befalls.HOT_HOME: ("temperature", "living"),
    Befalls.RISING_HEAT: ("temperature", "living"),
    Befalls.DOOR_LEFT_OPEN: ("contact", "entrance"),
    Befalls.STOVE_LEFT_ON: ("power", "kitchen"),
    Befalls.APPLIANCE_LEFT_ON: ("power", "living"),
    Befalls.POWER_FLAT: ("power", "living"),
    Befalls.WATER_NOT_USED: ("water_flow", "bathroom"),
    Befalls.WATER_RUNNING: ("water_flow", "bathroom"),
    Befalls.VITAL_SIGNS: ("vital_signs", "bedroom"),
    Befalls.CHECK_UNANSWERED: ("voice", "living"),
    Befalls.MEDICATION_MISSED: ("medication", "kitchen"),
}
#: What must last longer than the demo's play: as long as the most patient home waits.
_LASTS: Final[Mapping[Befalls, timedelta]] = {
    Befalls.APPLIANCE_LEFT_ON: LONGEST_EVENING + HOUR,
    Befalls.COLD_HOME: 4 * HOUR,
    Befalls.HOT_HOME: 2 * HOUR,
}
_MOVES, _OPENS = Motion(active=True), Contact(open=True)
#: These are a person who lies somewhere, and nothing else is said.
_COLLAPSES: Final = frozenset({Own.COLLAPSE, Befalls.POWER_FLAT, Befalls.WATER_NOT_USED})
#: While these last nobody moves, either.
_ALONE: Final = frozenset(
    {Befalls.STOVE_LEFT_ON, Befalls.APPLIANCE_LEFT_ON, Befalls.VITAL_SIGNS, Befalls.CHECK_UNANSWERED}
)


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

    said: list[Sighting] = field(default_factory=list)
    #: The line is cut in these.
    cuts: list[tuple[datetime, datetime]] = field(default_factory=list)
    #: Nobody moves in these.
    still: list[tuple[datetime, datetime]] = field(default_factory=list)
    #: In these a sensor says only what the plot says.
    spoken_for: list[tuple[SensorId, datetime, datetime]] = field(default_factory=list)


def fits(scene: str, home: Household) -> bool:
    """Tell whether a home has what a thing needs to befall it."""
    kind, room = NEEDS.get(scene, ("", ""))
    return not kind or any(sensor.kind == kind and sensor.room == room for sensor in home.sensors)


def befalls(scene: str, home: Household, at: datetime, fate: Fate, chance: Random) -> Iterator[Injected]:
    """Let something befall a home at about a moment, as its day allows."""
    match scene:
        case Own.COLLAPSE:
            yield from _collapsed(scene, home, lively(home, at, at + DAY), fate, chance)
        case _ if scene in _COLLAPSES:
            yield from _collapsed(scene, home, _inside(home, at, at + DAY), fate, chance)
        case SceneName.BATHROOM:
            yield from _collapsed(scene, home, _bathing(home, at, at + DAY), fate, chance)
        case SceneName.NO_MORNING | SceneName.NIGHT_DOOR:
            yield from _at_night(scene, home, at, fate, chance)
        case Own.GAS | Own.CARBON_MONOXIDE:
            yield _cried(scene, home, at, fate)
        case _ if scene in BEFALLS:
            yield from _surrounded(Befalls(scene), home, at, fate)
        case _:
            yield from _played(SceneName(scene), home, at, fate)


def lively(home: Household, from_at: datetime, to_at: datetime) -> list[datetime]:
    """Find moments at which somebody is at home and moves."""
    # A door alone may be the way out.
    moves = [each.at for each in readings_between(home, from_at, to_at) if isinstance(each.value, Motion)]
    return [before + timedelta(seconds=1) for before, after in pairwise(moves) if after - before < NEAR]


def _inside(home: Household, from_at: datetime, to_at: datetime) -> list[datetime]:
    """Find moments at which no rule can doubt that somebody is inside: in the minutes after a door they wait longer."""
    doors = [each.at for each in readings_between(home, from_at, to_at) if isinstance(each.value, Contact)]
    moments = lively(home, from_at, to_at)
    return [moment for moment in moments if not any(moment - NEAR < door <= moment for door in doors)]


def _bathing(home: Household, from_at: datetime, to_at: datetime) -> list[datetime]:
    """Find moments of a stay in the bathroom: nobody falls there in the moment in which they come home."""
    sensor = home.sensor_of("motion", "bathroom")
    seen = [each for each in readings_between(home, from_at, to_at) if each.value in (_MOVES, _OPENS)]
    return [
        later.at + timedelta(seconds=1)
        for earlier, later in pairwise(seen)
        if earlier.sensor_id == later.sensor_id == sensor and later.at - earlier.at < NEAR
    ]


def _collapsed(scene: str, home: Household, moments: list[datetime], fate: Fate, chance: Random) -> Iterator[Injected]:
    if not moments:
        return
    fall = chance.choice(moments)
    fate.still.append((fall, fall + LIES_FOR))
    yield _injected(scene, home, fall)


def _at_night(scene: str, home: Household, at: datetime, fate: Fate, chance: Random) -> Iterator[Injected]:
    zone = ZoneInfo(home.timezone)
    evening = datetime.combine(at.astimezone(zone).date(), _IN_BED, zone)
    moment = (evening + chance.random() * _IN_BED_FOR).astimezone(at.tzinfo)
    fate.still.append((moment, moment + LIES_FOR))
    promise = PROMISES[scene]
    if scene == SceneName.NIGHT_DOOR:
        door = home.sensor_of("contact", "entrance") or SensorId("contact-unregistered")
        fate.said.append(Sighting(sensor_id=door, at=moment, value=Contact(open=True)))
        fate.said.append(Sighting(sensor_id=door, at=moment + timedelta(seconds=20), value=Contact(open=False)))
    else:
        midnight = datetime.combine(evening.date() + DAY, time(), zone)
        promise = Promise(hazard=promise.hazard, within=midnight + _MORNING - moment + promise.within)
    yield Injected(scene=scene, home_id=home.home_id, at=moment, promise=promise)


def _cried(scene: str, home: Household, at: datetime, fate: Fate) -> Injected:
    kind, value = _SAYS[scene]
    sensor = home.sensor_of(kind) or SensorId(f"{kind}-unregistered")
    fate.said.append(Sighting(sensor_id=sensor, at=at, value=value(True)))
    fate.said.append(Sighting(sensor_id=sensor, at=at + _CLEARS_AFTER, value=value(False)))
    return _injected(scene, home, at)


def _surrounded(scene: Befalls, home: Household, at: datetime, fate: Fate) -> Iterator[Injected]:
    words = _words(scene, home, at)
    # A play ends now; a life goes on from when it begins.
    words = _words(scene, home, at + (at - words[0].at))
    began, ended = words[0].at, words[-1].at
    if scene is Befalls.DOOR_LEFT_OPEN:
        ended = began + _SHUT_AFTER
        words.append(Sighting(sensor_id=words[0].sensor_id, at=ended, value=Contact(open=False)))
    if scene in _LASTS:
        last, ended = words[-1], began + _LASTS[scene]
        while words[-1].at < ended:
            words.append(replace(last, at=words[-1].at + _METERED_EVERY))
    if scene is Befalls.MEDICATION_MISSED:
        ended += _CLEARS_AFTER
    fate.said += words
    fate.spoken_for.append((words[0].sensor_id, began - _CLEARS_AFTER, ended + _CLEARS_AFTER))
    if scene in _ALONE:
        fate.still.append((began - timedelta(minutes=1), ended + _CLEARS_AFTER))
    yield _injected(scene, home, began)


def _words(scene: Befalls, home: Household, at: datetime) -> list[Sighting]:
    play: Play = plays()[scene]
    said = (word for cue in play(home, at) for word in _said(cue) if word.sensor_id != GATEWAY)
    return sorted(said, key=lambda word: word.at)


def _said(cue: Cue) -> tuple[Sighting, ...]:
    return cue.act.sightings if isinstance(cue.act, Say) else ()


def _played(scene: SceneName, home: Household, at: datetime, fate: Fate) -> Iterator[Injected]:
    cues = _cues(scene, home, at)
    for cue in cues:
        match cue.act:
            case Say(sightings=sightings):
                fate.said += sightings
            case Cut(lasts=lasts):
                fate.cuts.append((at + cue.after, at + cue.after + lasts))
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
        case _:
            return at + cue.after


def _cues(scene: SceneName, home: Household, at: datetime) -> tuple[Cue, ...]:
    if scene is SceneName.FLOOD:
        return flood([home], at)
    if scene is SceneName.MASS_OUTAGE:
        return mass_outage([home], at)
    return PLAYS[scene](home, at)


def _injected(scene: str, home: Household, at: datetime) -> Injected:
    return Injected(scene=scene, home_id=home.home_id, at=at, promise=PROMISES[scene])
