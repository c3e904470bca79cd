"""Out of the door at night: it opened between 23 and 5 o'clock, and nobody inside has moved since."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Finding, Hazard, Profile, Sentence, Severity, WatchedHome
from contracts.values import Contact
from detectors.concern import Concern, key_of
from detectors.gate import NEVER
from detectors.local_time import is_between
from detectors.looking import Look, Why, seconds
from detectors.observed import observed_between
from detectors.rooms import DOOR, INSIDE, is_outside
from detectors.state import HomeState, watermark_age
from detectors.whereabouts import probability_home, sees
from detectors.wording import delayed, joined, sensor_of, span

KIND: Final = "left_at_night"
#: Movement inside only puts it off.
WAKES_ON: Final[frozenset[type]] = frozenset({Contact})
_NIGHT: Final = (23, 5)
#: Outside these, whoever wanders is in danger within the hour (domain facts, §7 no. 12).
_COLD_CELSIUS, _HOT_CELSIUS = 5.0, 33.0
#: Air of outside that is older than this says nothing of now.
_FRESH: Final = timedelta(hours=2)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a door that opened at night, after which nobody was seen inside; movement inside ends it."""
    ways = state.ways
    if ways is None or ways.door_at is None or state.watermark is None:
        return ()
    told, until = state.told.get(key_of(KIND)), min(now, state.watermark)
    if told is not None:
        return () if _returned(state, told.finding) else (_concern(state, home, told.finding.since, until),)
    since = ways.door_at
    if ways.inside_at is not None and ways.inside_at >= since:  # quick: most doors are followed by somebody
        return ()
    limit = timedelta(seconds=home.plan.left_at_night_seconds)
    if until - since < limit or not is_between(since, home, *_NIGHT) or not is_between(until, home, *_NIGHT):
        return ()
    if observed_between(state.slots, since, until) < limit or not sees(state, home, now, INSIDE):
        return ()
    return (_concern(state, home, since, until),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when a door has been followed by nobody for too long."""
    ways = state.ways
    if ways is None or ways.door_at is None or (ways.inside_at is not None and ways.inside_at >= ways.door_at):
        return NEVER
    if not is_between(ways.door_at, home, *_NIGHT):
        return NEVER
    return ways.door_at + timedelta(seconds=home.plan.left_at_night_seconds)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long nobody was seen inside after a door tonight."""
    what, ways = Sentence(ko="밤에 현관문이 열린 뒤 움직임 없음", en="nobody seen since a door at night"), state.ways
    if ways is None or ways.door_at is None:
        return ()
    until, limit = min(now, state.watermark or now), timedelta(seconds=home.plan.left_at_night_seconds)
    if not (is_between(ways.door_at, home, *_NIGHT) and is_between(until, home, *_NIGHT)):
        return (Look(what=what, limit=limit.total_seconds(), why=Why.NOT_NOW),)
    inside = ways.inside_at is not None and ways.inside_at >= ways.door_at
    gone_for = timedelta(0) if inside else observed_between(state.slots, ways.door_at, until)
    return (seconds(what, gone_for, limit, why=None if sees(state, home, now, INSIDE) else Why.UNSEEN),)


def outside_celsius(state: HomeState, home: WatchedHome, now: datetime) -> float | None:
    """Tell how warm it is outside, where a sensor hangs there and spoke lately."""
    for sensor in home.sensors:
        device = state.devices.get(sensor.sensor_id)
        if device is None or device.air is None or not is_outside(sensor):
            continue
        if now.timestamp() - device.air.at <= _FRESH.total_seconds():
            return device.air.value / 100
    return None


def _returned(state: HomeState, told: Finding) -> bool:
    if state.ways is None:
        return True
    inside = state.ways.inside_at if told.late else state.ways.inside_live
    return inside is not None and inside > told.since


def _severity(home: WatchedHome, celsius: float | None) -> Severity:
    dangerous = celsius is not None and not _COLD_CELSIUS <= celsius <= _HOT_CELSIUS
    if home.plan.profile is Profile.DEMENTIA:
        return Severity.EMERGENCY if dangerous else Severity.URGENT
    return Severity.CAUTION if dangerous else Severity.NOTICE


def _concern(state: HomeState, home: WatchedHome, since: datetime, until: datetime) -> Concern:
    ways, age, celsius = state.ways, watermark_age(state), outside_celsius(state, home, until)
    gone_for = observed_between(state.slots, since, until)
    length, bound = span(gone_for), span(timedelta(seconds=home.plan.left_at_night_seconds))
    door = next((one.sensor_id for one in home.sensors if _is_door(state, one.sensor_id)), None)
    known = sensor_of(home, door) if door else None
    values: dict[str, float | str] = {
        "away_seconds": gone_for.total_seconds(),
        "home_probability": round(probability_home(state, home, until), 3),
    }
    if celsius is not None:
        values["outside_celsius"] = celsius
    return Concern(
        kind=KIND,
        hazard=Hazard.ABSENCE,
        severity=_severity(home, celsius),
        since=since,
        late=age is not None or (ways is not None and ways.door_late),
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(
                    ko=f"밤에 현관문이 열린 뒤 {length.ko} 동안 집 안 움직임 없음",
                    en=f"the door opened at night and nobody moved inside for {length.en}",
                ),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                None if celsius is None else Sentence(ko=f"바깥 {celsius:g} °C", en=f"{celsius:g} °C outside"),
                delayed(age),
            ),
            values=values,
            limit=float(home.plan.left_at_night_seconds),
            readings=(ways.door_id,) if ways and ways.door_id else (),
            sensor_id=door,
            room=known.room if known else None,
        ),
    )


def _is_door(state: HomeState, sensor_id: str) -> bool:
    device = state.devices.get(sensor_id)
    return device is not None and device.place == DOOR
