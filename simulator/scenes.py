"""Scenes: what happens in a home when the demo asks for it, as cues for its gateway."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from contracts import SensorId, Value
from contracts.values import Battery, Contact, Fall, Heartbeat, HelpButton, Motion, Smoke
from simulator.dialects import GATEWAY
from simulator.dice import between, roll
from simulator.household import Household, Sighting

#: Longer than the first step of the cities' rule for stillness (8 h).
STILL_FOR: Final = timedelta(hours=8, minutes=10)
#: Longer than three missed heartbeats of 60 s.
CUT_FOR: Final = timedelta(minutes=6)
#: Longer than the hour after which a stay in the bathroom is an emergency.
IN_BATHROOM: Final = timedelta(minutes=61)
#: Longer than the half hour that a door at night may be followed by nobody.
OUT_FOR: Final = timedelta(minutes=32)


@dataclass(frozen=True, kw_only=True)
class Say:
    """The gateway sends these sightings, and keeps them until the broker has them."""

    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The gateway's line breaks, and comes back after a while."""

    lasts: timedelta


@dataclass(frozen=True, kw_only=True)
class Mute:
    """Some sensors say nothing by themselves for a while."""

    sensors: tuple[SensorId, ...]
    lasts: timedelta


@dataclass(frozen=True, kw_only=True)
class Cue:
    """One act of a scene, so long after its beginning."""

    household: Household
    after: timedelta
    act: Say | Cut | Mute


Play = Callable[[Household, datetime], tuple[Cue, ...]]


class SceneName(StrEnum):
    """The scenes that can be asked for."""

    HELP_BUTTON = "help_button"
    FALL = "fall"
    SMOKE = "smoke"
    STILLNESS = "stillness"
    GATEWAY_CUT = "gateway_cut"
    BATTERY_LOW = "battery_low"
    FLOOD = "flood"
    MASS_OUTAGE = "mass_outage"
    BATHROOM = "bathroom"
    NO_MORNING = "no_morning"
    NIGHT_DOOR = "night_door"


#: These play in a home in which nobody moves by themselves.
RESTING: Final = frozenset({SceneName.STILLNESS, SceneName.BATHROOM, SceneName.NO_MORNING, SceneName.NIGHT_DOOR})


def cues_of(scene: SceneName, homes: Sequence[Household], now: datetime) -> tuple[Cue, ...]:
    """Write a scene's cues: in the first of the homes, or in all of them where many are met at once."""
    if scene is SceneName.FLOOD:
        return flood(homes, now)
    if scene is SceneName.MASS_OUTAGE:
        return mass_outage(homes, now)
    return PLAYS[scene](homes[0], now)


def help_button(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Press the help button once."""
    return (_say(household, "help_button", HelpButton(), now),)


def fall(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Move in the bathroom, and fall there."""
    before = _say(household, "motion", Motion(active=True), now, room="bathroom")
    return (before, _say(household, "fall", Fall(), now, room="bathroom", after=timedelta(seconds=2)))


def smoke(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Burn a meal: the smoke detector alarms, and is quiet again after a minute and a half."""
    quiet = _say(household, "smoke", Smoke(active=False), now, room="kitchen", after=timedelta(seconds=90))
    return (_say(household, "smoke", Smoke(active=True), now, room="kitchen"), quiet)


def stillness(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Send what the gateway stored: one movement, then more than 8 hours in which it heard nobody move."""
    began = now - STILL_FOR
    return _stored(household, (_moved(household, "living", began),), now)


def bathroom(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Go from the living room into the bathroom an hour ago, and be seen nowhere since."""
    moved = (_moved(household, "living", now - IN_BATHROOM - timedelta(minutes=3)),)
    return _stored(household, (*moved, _moved(household, "bathroom", now - IN_BATHROOM)), now)


def no_morning(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Go to bed at half past ten last night, and not get up: it is told from half past ten in the morning on."""
    zone = ZoneInfo(household.timezone)
    evening = datetime.combine(now.astimezone(zone).date() - timedelta(days=1), time(22, 30), zone)
    return _stored(household, (_moved(household, "bedroom", evening.astimezone(UTC)),), now)


def night_door(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Open and shut the entrance, and be seen inside no more: it is told from 23 to 5 o'clock."""
    left, door = now - OUT_FOR, _sensor(household, "contact", "entrance")
    opened = (Sighting(sensor_id=door, at=left, value=Contact(open=True)),)
    shut = Sighting(sensor_id=door, at=left + timedelta(seconds=20), value=Contact(open=False))
    return _stored(household, (_moved(household, "living", left - timedelta(minutes=3)), *opened, shut), now)


def gateway_cut(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Break the gateway's line until after its silence is noticed."""
    return (Cue(household=household, after=timedelta(), act=Cut(lasts=CUT_FOR)),)


def battery_low(household: Household, now: datetime) -> tuple[Cue, ...]:
    """Let a motion sensor say that its battery is nearly empty."""
    return (_say(household, "motion", Battery(percent=7, low=True), now, room="living"),)


def flood(homes: Sequence[Household], now: datetime) -> tuple[Cue, ...]:
    """Let a storm pass: in twenty seconds buttons are pressed in most homes, and every fourth gateway goes dark."""
    cues: list[Cue] = []
    for household in homes:
        after = timedelta(seconds=between(0, 20, household.seed, "storm"))
        dark = roll(household.seed, "dark") < 0.25
        told = gateway_cut(household, now) if dark else help_button(household, now)
        cues += (Cue(household=cue.household, after=cue.after + after, act=cue.act) for cue in told)
    return tuple(sorted(cues, key=lambda cue: cue.after))


def mass_outage(homes: Sequence[Household], now: datetime) -> tuple[Cue, ...]:
    """Cut the power of a dong: its gateways fall silent within ten seconds."""
    return tuple(
        Cue(household=household, after=timedelta(seconds=between(0, 10, household.seed, "cut")), act=Cut(lasts=CUT_FOR))
        for household in homes
    )


def of_one_district(homes: Sequence[Household]) -> list[Household]:
    """Pick the homes of the district that has most; of two districts the first by its name."""
    most = Counter(home.district for home in homes)
    largest = min(most, key=lambda district: (-most[district], district), default="")
    return [home for home in homes if home.district == largest]


PLAYS: Final[Mapping[SceneName, Play]] = {
    SceneName.HELP_BUTTON: help_button,
    SceneName.FALL: fall,
    SceneName.SMOKE: smoke,
    SceneName.STILLNESS: stillness,
    SceneName.GATEWAY_CUT: gateway_cut,
    SceneName.BATTERY_LOW: battery_low,
    SceneName.BATHROOM: bathroom,
    SceneName.NO_MORNING: no_morning,
    SceneName.NIGHT_DOOR: night_door,
}


def _stored(household: Household, seen: tuple[Sighting, ...], now: datetime) -> tuple[Cue, ...]:
    """Send what the gateway stored: some sightings, and a heartbeat for every minute since the first."""
    began = seen[0].at
    minutes = int((now - began).total_seconds() // 60)
    beats = (_beat(began + timedelta(minutes=minute)) for minute in range(1, minutes + 1))
    return (Cue(household=household, after=timedelta(), act=Say(sightings=(*seen, *beats))),)


def _moved(household: Household, room: str, at: datetime) -> Sighting:
    return Sighting(sensor_id=_sensor(household, "motion", room), at=at, value=Motion(active=True))


def _say(
    household: Household,
    kind: str,
    value: Value,
    now: datetime,
    *,
    room: str = "",
    after: timedelta = timedelta(),
) -> Cue:
    seen = Sighting(sensor_id=_sensor(household, kind, room), at=now + after, value=value)
    return Cue(household=household, after=after, act=Say(sightings=(seen,)))


def _sensor(household: Household, kind: str, room: str) -> SensorId:
    # A device that nobody registered can cry too, and must be heard.
    return household.sensor_of(kind, room) or SensorId(f"{kind.replace('_', '-')}-unregistered")


def _beat(at: datetime) -> Sighting:
    return Sighting(sensor_id=SensorId(GATEWAY), at=at, value=Heartbeat())
