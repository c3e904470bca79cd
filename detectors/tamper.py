"""Tampering: a device was opened or taken off its wall."""

from datetime import datetime
from typing import Final

from contracts import Hazard, Sentence, Severity, WatchedHome
from contracts.values import Tamper
from detectors.alarms import AlarmRule, judge_alarms, look_alarms
from detectors.concern import Concern
from detectors.looking import Look
from detectors.state import HomeState

RULE: Final = AlarmRule(
    kind="tamper",
    hazard=Hazard.TAMPER,
    severity=Severity.DEVICE,
    sentence=Sentence(ko="기기 훼손 또는 분리 감지", en="device opened or taken off its wall"),
)
WAKES_ON: Final[tuple[type, ...]] = (Tamper,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every device that was tampered with."""
    return judge_alarms(state, home, RULE)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every such sensor that ever spoke whether it alarms."""
    del home, now
    return look_alarms(state, RULE)
