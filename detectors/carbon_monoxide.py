"""Carbon monoxide: a detector alarms, or measures what harms at once."""

from datetime import datetime
from typing import Final

from contracts import Hazard, Sentence, Severity, WatchedHome
from detectors.alarms import AlarmRule, judge_alarms
from detectors.concern import Concern
from detectors.state import HomeState

RULE: Final = AlarmRule(
    kind="carbon_monoxide",
    hazard=Hazard.CARBON_MONOXIDE,
    severity=Severity.EMERGENCY,
    sentence=Sentence(ko="일산화탄소 경보", en="carbon monoxide alarm"),
)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every carbon monoxide detector that alarms now."""
    return judge_alarms(state, home, RULE)
