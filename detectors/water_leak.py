"""Water: a leak sensor is wet; what stays wet grows worse."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from contracts import Hazard, Sentence, Severity, WatchedHome
from contracts.values import WaterLeak
from detectors.alarms import AlarmRule, judge_alarms, look_alarms
from detectors.concern import Concern
from detectors.looking import Look
from detectors.state import HomeState

RULE: Final = AlarmRule(
    kind="water_leak",
    hazard=Hazard.WATER,
    severity=Severity.CAUTION,
    sentence=Sentence(ko="누수 감지", en="water leak"),
)
#: Wet for so long, it is urgent.
URGENT_AFTER: Final = timedelta(minutes=15)
WAKES_ON: Final[tuple[type, ...]] = (WaterLeak,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every leak sensor that is wet now."""
    leaks = judge_alarms(state, home, RULE)
    return tuple(_graver(leak, now) for leak in leaks) if leaks else leaks


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every such sensor that ever spoke whether it alarms."""
    del home, now
    return look_alarms(state, RULE)


def _graver(concern: Concern, now: datetime) -> Concern:
    if now - concern.since < URGENT_AFTER:
        return concern
    return replace(concern, severity=Severity.URGENT)
