"""Heat: a heat detector alarms."""

from datetime import datetime
from typing import Final

from contracts import Hazard, Sentence, Severity, WatchedHome
from contracts.values import Heat
from detectors.alarms import AlarmRule, judge_alarms, look_alarms
from detectors.concern import Concern
from detectors.looking import Look
from detectors.state import HomeState

RULE: Final = AlarmRule(
    kind="heat",
    hazard=Hazard.FIRE,
    severity=Severity.EMERGENCY,
    sentence=Sentence(ko="열 감지기 경보", en="heat detector alarms"),
)
WAKES_ON: Final[tuple[type, ...]] = (Heat,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every heat detector that alarms now."""
    return judge_alarms(state, home, RULE)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every such sensor that ever spoke whether it alarms."""
    del home, now
    return look_alarms(state, RULE)
