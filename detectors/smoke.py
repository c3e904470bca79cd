"""Smoke: a smoke detector alarms."""

from datetime import datetime
from typing import Final

from contracts import Hazard, Sentence, Severity, WatchedHome
from contracts.values import Smoke
from detectors.alarms import AlarmRule, judge_alarms, look_alarms
from detectors.concern import Concern
from detectors.looking import Look
from detectors.state import HomeState

RULE: Final = AlarmRule(
    kind="smoke",
    hazard=Hazard.FIRE,
    severity=Severity.EMERGENCY,
    sentence=Sentence(ko="연기 감지기 경보", en="smoke detector alarms"),
)
WAKES_ON: Final[tuple[type, ...]] = (Smoke,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every smoke detector that alarms now."""
    return judge_alarms(state, home, RULE)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every such sensor that ever spoke whether it alarms."""
    del home, now
    return look_alarms(state, RULE)
