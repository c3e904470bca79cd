"""Stillness reported: a device judged by itself that nobody moved or reported for too long."""

from datetime import datetime
from typing import Final

from contracts import Hazard, Sentence, Severity, WatchedHome
from contracts.values import Stillness
from detectors.alarms import AlarmRule, judge_alarms, look_alarms
from detectors.concern import Concern
from detectors.looking import Look
from detectors.state import HomeState

RULE: Final = AlarmRule(
    kind="stillness_reported",
    hazard=Hazard.STILLNESS,
    # How long the device waited is set in the device, and we do not know it: as grave as our own second step.
    severity=Severity.URGENT,
    sentence=Sentence(ko="기기가 무활동을 알림", en="a device reports that nobody moved"),
)
WAKES_ON: Final[tuple[type, ...]] = (Stillness,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every device that reports stillness and does not take it back."""
    return judge_alarms(state, home, RULE)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every such sensor that ever spoke whether it alarms."""
    del home, now
    return look_alarms(state, RULE)
