"""Mains lost: the gateway lives on its battery."""

from datetime import datetime
from typing import Final

from contracts import Hazard, Sentence, Severity, WatchedHome
from contracts.values import GatewayStatus
from detectors.alarms import AlarmRule, judge_alarms, look_alarms
from detectors.concern import Concern
from detectors.looking import Look
from detectors.state import HomeState

RULE: Final = AlarmRule(
    kind="mains_lost",
    hazard=Hazard.POWER,
    severity=Severity.DEVICE,
    sentence=Sentence(ko="게이트웨이 전원 끊김, 배터리로 동작", en="gateway lost mains power, runs on battery"),
)
WAKES_ON: Final[tuple[type, ...]] = (GatewayStatus,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a gateway without mains power."""
    return judge_alarms(state, home, RULE)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every such sensor that ever spoke whether it alarms."""
    del home, now
    return look_alarms(state, RULE)
