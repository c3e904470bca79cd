"""A cold home: even its warmest room is too cold for too long."""

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

KIND: Final = "cold_home"
WAKES_ON: Final[frozenset[type]] = frozenset({Temperature})
_BEYOND: Final = Sentence(ko="미만", en="below")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home in which nobody can get warm: a notice at first, below the second limit an alarm."""
    # Quick, for the many homes whose air is well.
    if not suspicious(state, -1, home.plan.cold_notice_celsius) and standing_told(state, KIND) is None:
        return ()
    return judge_climate(state, home, now, rule_of(home))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while some air is cold."""
    return ALWAYS if suspicious(state, -1, home.plan.cold_notice_celsius) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every room that counts how warm it is, and for how long beyond the limit that calls people."""
    return look_climate(state, home, now, rule_of(home))


def rule_of(home: WatchedHome) -> Climate:
    """Tell the limits of a home."""
    plan = home.plan
    return Climate(
        kind=KIND,
        way=-1,
        beyond=_BEYOND,
        levels=(
            Level(
                celsius=plan.cold_caution_celsius,
                lasting=timedelta(seconds=max(plan.cold_urgent_seconds, plan.cold_caution_seconds)),
                severity=Severity.URGENT,
            ),
            Level(
                celsius=plan.cold_caution_celsius,
                lasting=timedelta(seconds=plan.cold_caution_seconds),
                severity=Severity.CAUTION,
            ),
            Level(
                celsius=plan.cold_notice_celsius,
                lasting=timedelta(seconds=plan.cold_notice_seconds),
                severity=Severity.NOTICE,
            ),
        ),
    )
