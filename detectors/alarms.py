"""Sensors that alarm until they say that it is over: what smoke, heat, gas, leaks and tampering share."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from detectors.concern import Concern, key_of
from detectors.looking import Look, times
from detectors.state import Alarm, HomeState, Mark
from detectors.together import people_inside
from detectors.wording import delayed, joined, placed, room_of


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """What an alarm of one kind means."""

    kind: str
    hazard: Hazard
    severity: Severity
    sentence: Sentence


def sounding(alarm: Alarm) -> Mark | None:
    """Tell what sounds: a live word is cancelled only by a live one, and among equals the alarm wins."""
    if alarm.on and (alarm.off is None or alarm.on.at >= alarm.off.at):
        return alarm.on
    quiet = [mark.at for mark in (alarm.off, alarm.late_off) if mark]
    if alarm.late_on and (not quiet or alarm.late_on.at >= max(quiet)):
        return alarm.late_on
    return None


def judge_alarms(state: HomeState, home: WatchedHome, rule: AlarmRule) -> tuple[Concern, ...]:
    """Judge all sensors of one kind."""
    alarms = state.alarms.get(rule.kind)
    if not alarms:
        return ()
    return tuple(_concern(state, home, rule, mark) for mark in _sounding(alarms))


def look_alarms(state: HomeState, rule: AlarmRule) -> tuple[Look, ...]:
    """Tell of every sensor of one kind that ever spoke whether it alarms."""
    alarms = state.alarms.get(rule.kind, {})
    return tuple(times(rule.sentence, 1 if sounding(alarm) else 0, 1, about=key) for key, alarm in alarms.items())


def _sounding(alarms: dict[str, Alarm]) -> Iterator[Mark]:
    for alarm in alarms.values():
        if mark := sounding(alarm):
            yield mark


def _concern(state: HomeState, home: WatchedHome, rule: AlarmRule, mark: Mark) -> Concern:
    room = room_of(home, mark.sensor_id)
    return Concern(
        kind=rule.kind,
        hazard=rule.hazard,
        severity=rule.severity,
        since=began(state, rule.kind, mark),
        about=mark.sensor_id,
        late=mark.late,
        evidence=Evidence(
            rule=f"{rule.kind}/1",
            sentence=joined(rule.sentence, placed(room), people_inside(state, home, rule.hazard), delayed(mark.age)),
            readings=(mark.reading_id,),
            sensor_id=mark.sensor_id,
            room=room or None,
        ),
    )


def began(state: HomeState, kind: str, mark: Mark) -> datetime:
    """Tell when it began: a sensor that says it again does not begin again."""
    told = state.told.get(key_of(kind, mark.sensor_id))
    return told.finding.since if told else mark.at
