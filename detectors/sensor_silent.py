"""A sensor is silent although its gateway speaks: it is broken, out of reach, or its battery is empty."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, Supply, WatchedHome, WatchedSensor, WatchPlan
from contracts.values import DeviceStatus
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, Why, seconds, times
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.wording import joined, placed, room_of, span

KIND: Final = "sensor_silent"
#: How a gateway's word that it cannot reach a sensor is known from silence among the evidence.
_UNREACHABLE: Final = Sentence(ko="게이트웨이가 센서에 연결하지 못함", en="the gateway cannot reach the sensor")
WAKES_ON: Final[tuple[type, ...]] = (DeviceStatus,)
_SILENT: Final = Sentence(ko="센서 무응답", en="sensor not heard")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every sensor that was silent for too long while its gateway was heard, or that it cannot reach."""
    silent = tuple(_silent(state, home, now))
    if not state.reach:
        return silent
    known = {concern.about for concern in silent}
    return silent + tuple(concern for concern in _unreachable(state, home) if concern.about not in known)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the first sensor may have been silent for too long; whatever it says puts that off."""
    first = NEVER
    for sensor in home.sensors:
        limit = silent_limit(sensor, home.plan)
        if limit is None:
            continue
        since = last_heard(state, sensor)
        if since is None:  # its first word may come late
            return ALWAYS
        first = min(first, since + limit)
    return first


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every sensor for how long it was silent."""
    return tuple(_look(state, home, sensor, now) for sensor in home.sensors)


def _look(state: HomeState, home: WatchedHome, sensor: WatchedSensor, now: datetime) -> Look:
    limit, since = silent_limit(sensor, home.plan), last_heard(state, sensor)
    if unreachable_since(state, sensor.sensor_id):
        return times(_UNREACHABLE, 1, 1, about=sensor.sensor_id)
    if limit is None:
        return Look(what=_SILENT, about=sensor.sensor_id, why=Why.SWITCHED_OFF)
    if since is None:
        return seconds(_SILENT, None, limit, about=sensor.sensor_id, why=Why.NEVER_HEARD)
    return seconds(_SILENT, observed_between(state.slots, since, now), limit, about=sensor.sensor_id)


def last_heard(state: HomeState, sensor: WatchedSensor) -> datetime | None:
    """Tell when a sensor spoke last; one that never did is counted from when it was first watched."""
    heard, enrolled = state.sensor_heard.get(sensor.sensor_id), state.sensor_enrolled.get(sensor.sensor_id)
    if heard is None or enrolled is None:
        return heard or enrolled
    return max(heard, enrolled)


def silent_limit(sensor: WatchedSensor, plan: WatchPlan) -> timedelta | None:
    """Tell for how long a sensor may be silent: its own limit, else that of its supply; None: for ever."""
    if sensor.silent_after_seconds is not None:
        return timedelta(seconds=sensor.silent_after_seconds)
    match sensor.supply:
        case Supply.MAINS:
            return timedelta(seconds=plan.mains_sensor_silent_seconds)
        case Supply.BATTERY:
            return timedelta(seconds=plan.battery_sensor_silent_seconds)
        case Supply.UNKNOWN:
            return None


def unreachable_since(state: HomeState, sensor_id: str) -> datetime | None:
    """Tell since when the gateway cannot reach a sensor; a word of the sensor itself is the better proof."""
    word = state.reach.get(sensor_id)
    if word is None or word.online:
        return None
    heard = state.sensor_heard.get(sensor_id)
    return None if heard and heard > word.at else word.at


def _silent(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    for sensor in home.sensors:
        limit = silent_limit(sensor, home.plan)
        if limit is None:
            continue
        since = last_heard(state, sensor)
        if since is None or now - since < limit:  # quick: what was observed is never more than what went by
            continue
        silent_for = observed_between(state.slots, since, now)
        if silent_for >= limit:
            yield _silence(sensor, since, silent_for, limit)


def _silence(sensor: WatchedSensor, since: datetime, silent_for: timedelta, limit: timedelta) -> Concern:
    length, bound = span(silent_for), span(limit)
    sentence = Sentence(
        ko=f"센서 무응답 {length.ko} · 한계 {bound.ko}",
        en=f"sensor not heard for {length.en} · limit {bound.en}",
    )
    evidence = Evidence(
        rule=f"{KIND}/1",
        sentence=joined(sentence, placed(sensor.room)),
        values={"silent_seconds": silent_for.total_seconds()},
        limit=limit.total_seconds(),
        sensor_id=sensor.sensor_id,
        room=sensor.room or None,
    )
    return _concern(sensor.sensor_id, since, evidence)


def _unreachable(state: HomeState, home: WatchedHome) -> Iterator[Concern]:
    for sensor_id, word in state.reach.items():
        since = unreachable_since(state, sensor_id)
        if since is None:
            continue
        room = room_of(home, sensor_id)
        evidence = Evidence(
            rule=f"{KIND}/1",
            sentence=joined(_UNREACHABLE, placed(room)),
            readings=(word.reading_id,),
            sensor_id=sensor_id,
            room=room or None,
        )
        yield _concern(sensor_id, since, evidence)


def _concern(sensor_id: str, since: datetime, evidence: Evidence) -> Concern:
    return Concern(
        kind=KIND, hazard=Hazard.SENSOR, severity=Severity.DEVICE, since=since, about=sensor_id, evidence=evidence
    )
