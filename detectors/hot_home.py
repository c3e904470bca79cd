"""A hot home: even its coolest room is too hot for too long."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Sentence, Severity, WatchedHome
from contracts.values import Temperature
from detectors.climate import Climate, Level, judge_climate, look_climate, suspicious
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look
from detectors.measuring import standing_told
from detectors.state import HomeState

KIND: Final = "hot_home"
WAKES_ON: Final[frozenset[type]] = frozenset({Temperature})
_BEYOND: Final = Sentence(ko="초과", en="above")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home in which nobody can cool down: a notice at first, then an alarm, at last an urgent one."""
    # Quick, for the many homes whose air is well.
    if not suspicious(state, 1, home.plan.hot_notice_celsius) and standing_told(state, KIND) is None:
        return ()
    return judge_climate(state, home, now, rule_of(home))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while some air is hot."""
    return ALWAYS if suspicious(state, 1, home.plan.hot_notice_celsius) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every room that counts how warm it is, and for how long beyond the limit that calls people."""
    return look_climate(state, home, now, rule_of(home))


def rule_of(home: WatchedHome) -> Climate:
    """Tell the limits of a home."""
    plan = home.plan
    steps = (
        (plan.hot_urgent_celsius, plan.hot_urgent_seconds, Severity.URGENT),
        (plan.hot_caution_celsius, plan.hot_caution_seconds, Severity.CAUTION),
        (plan.hot_notice_celsius, plan.hot_notice_seconds, Severity.NOTICE),
    )
    levels = (
        Level(celsius=celsius, lasting=timedelta(seconds=seconds), severity=severity)
        for celsius, seconds, severity in steps
    )
    return Climate(kind=KIND, way=1, beyond=_BEYOND, levels=tuple(levels))
