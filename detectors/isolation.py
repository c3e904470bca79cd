"""Isolation: within four weeks somebody leaves home half as often as before."""

from datetime import datetime
from typing import Final

from contracts import Sentence, WatchedHome
from detectors.concern import Concern
from detectors.looking import Look, Unit, Why
from detectors.review import due_of, lately_and_before, mean, reviewed, told_weekly
from detectors.rooms import DOOR
from detectors.state import HomeState
from detectors.whereabouts import sees

KIND: Final = "isolation"
WAKES_ON: Final[frozenset[type]] = frozenset()
#: Four weeks beside those before (domain facts, §7 no. 26; Petersen); seven of ten days must be known.
_LATELY: Final = 28
_LEAST_KNOWN: Final = 0.7
#: Who left home less than twice a week before has little to lose.
_WENT_OUT: Final = 2 / 7
_BASELINE: Final = Sentence(ko="최근 4주와 그 전 비교", en="the last four weeks beside those before")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See outings that became rare, on Monday mornings only."""
    review = reviewed(state, now)
    parts = lately_and_before(review[0], _LATELY, least=_LEAST_KNOWN) if review else None
    if review is None or parts is None or not sees(state, home, now, DOOR):
        return ()
    lately, before = (7 * mean([float(day.outings) for day in days]) for days in parts)
    if before < 7 * _WENT_OUT or lately > before * (1 - home.plan.isolation_percent / 100):
        return ()
    fact = Sentence(
        ko=f"외출 주 {before:.1f}번에서 {lately:.1f}번으로", en=f"out {lately:.1f} times a week, before {before:.1f}"
    )
    values: dict[str, float | str] = {
        "outings_a_week": round(lately, 1),
        "outings_a_week_before": round(before, 1),
    }
    return (told_weekly(KIND, review[1], [fact], values, _BASELINE),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the next review is told."""
    del home
    return due_of(state)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell by how much outings became rarer; told on Monday mornings only."""
    what, limit = Sentence(ko="외출 감소", en="fewer outings"), float(home.plan.isolation_percent)
    parts = lately_and_before(state.ways, _LATELY, least=_LEAST_KNOWN) if state.ways else None
    if parts is None:
        return (Look(what=what, limit=limit, unit=Unit.PERCENT, why=Why.LEARNING),)
    lately, before = (mean([float(day.outings) for day in days]) for days in parts)
    less = 100 * (1 - lately / before) if before else 0.0
    why = None if sees(state, home, now, DOOR) else Why.UNSEEN
    return (Look(what=what, value=less, limit=limit, unit=Unit.PERCENT, why=why),)
