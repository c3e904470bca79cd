"""A blind home: its gateway speaks, but every sensor that could see somebody is silent or out of reach."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, WatchedHome, WatchedSensor
from contracts.values import DeviceStatus
from detectors.concern import Concern, key_of
from detectors.gate import ALWAYS, NEVER
from detectors.inactivity import ACTIVITY_KINDS
from detectors.looking import Look, Why, seconds
from detectors.not_protected import severity_of
from detectors.observed import observed_between
from detectors.sensor_silent import last_heard, silent_limit, unreachable_since
from detectors.state import HomeState
from detectors.wording import joined, span

KIND: Final = "blind_home"
_CUT: Final = Sentence(ko="볼 수 있는 센서에 연결하지 못함", en="a sensor that could see somebody is out of reach")
_SILENT: Final = Sentence(ko="볼 수 있는 센서 무응답", en="a sensor that could see somebody is not heard")
WAKES_ON: Final[tuple[type, ...]] = (DeviceStatus,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home in which nobody could be seen; missing words are a loss of protection, never stillness."""
    blind: list[datetime] = []
    for sensor in home.sensors:
        if sensor.kind in ACTIVITY_KINDS:
            since = _blind_since(state, home, sensor, now)
            if since is None:  # one eye is enough, and most homes have it open
                return ()
            blind.append(since)
    return (_concern(state, home, max(blind), len(blind), now),) if blind else ()


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the last eye may close."""
    return max((_closes(state, home, each) for each in home.sensors if each.kind in ACTIVITY_KINDS), default=NEVER)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every sensor that could see somebody for how long it does not; one open eye is enough."""
    return tuple(_look(state, home, sensor, now) for sensor in home.sensors if sensor.kind in ACTIVITY_KINDS)


def _look(state: HomeState, home: WatchedHome, sensor: WatchedSensor, now: datetime) -> Look:
    heard, limit = last_heard(state, sensor), silent_limit(sensor, home.plan)
    cut, about = unreachable_since(state, sensor.sensor_id), sensor.sensor_id
    if cut:
        return seconds(_CUT, now - cut, timedelta(seconds=home.plan.not_protected_after_seconds), about=about)
    if limit is None:
        return Look(what=_SILENT, about=about, why=Why.SWITCHED_OFF)
    return seconds(_SILENT, observed_between(state.slots, heard, now) if heard else None, limit, about=about)


def _closes(state: HomeState, home: WatchedHome, sensor: WatchedSensor) -> datetime:
    heard, limit = last_heard(state, sensor), silent_limit(sensor, home.plan)
    if heard is None:  # its first word may come late
        return ALWAYS
    silent = NEVER if limit is None else heard + limit
    cut = unreachable_since(state, sensor.sensor_id)
    return silent if cut is None else min(silent, cut + timedelta(seconds=home.plan.not_protected_after_seconds))


def _blind_since(state: HomeState, home: WatchedHome, sensor: WatchedSensor, now: datetime) -> datetime | None:
    heard, limit = last_heard(state, sensor), silent_limit(sensor, home.plan)
    if heard and limit and now - heard >= limit and observed_between(state.slots, heard, now) >= limit:
        return heard
    cut = unreachable_since(state, sensor.sensor_id) if state.reach else None
    patience = timedelta(seconds=home.plan.not_protected_after_seconds)
    return cut if cut and now - cut >= patience else None


def _concern(state: HomeState, home: WatchedHome, since: datetime, sensors: int, now: datetime) -> Concern:
    told = state.told.get(key_of(KIND))
    since = told.finding.since if told else since
    length = span(now - since)
    return Concern(
        kind=KIND,
        hazard=Hazard.PROTECTION,
        severity=severity_of(now - since, home.plan),
        since=since,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko="보호되지 않음", en="not protected"),
                Sentence(
                    ko=f"움직임을 볼 수 있는 센서 {sensors}개가 모두 응답 없음",
                    en=f"none of the {sensors} sensors that could see movement is heard",
                ),
                Sentence(ko=f"{length.ko} 전부터", en=f"for {length.en}"),
            ),
            values={"blind_seconds": (now - since).total_seconds(), "sensors": float(sensors)},
            limit=float(home.plan.not_protected_after_seconds),
        ),
    )
