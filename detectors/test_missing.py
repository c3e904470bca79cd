"""The daily test is missing: the way from this home to us was not proven for too long."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import TestPressed
from detectors.concern import Concern
from detectors.gate import NEVER
from detectors.looking import Look, Why, seconds
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.wording import joined, span

KIND: Final = "test_missing"
#: What was observed is remembered for three days; a longer limit is counted by this much of it.
_SURELY_REMEMBERED: Final = timedelta(hours=60)
WAKES_ON: Final[tuple[type, ...]] = (TestPressed,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home whose last test is too old, or that was never tested where the plan asks for a first one."""
    tested = state.proven_at is not None
    seconds = home.plan.test_missing_seconds if tested else home.plan.first_test_seconds
    since = state.proven_at or state.enrolled_at
    if not seconds or since is None:
        return ()
    limit = timedelta(seconds=seconds)
    if now - since < limit or not _observed(state, since, now, limit):
        return ()
    length, bound = span(now - since), span(limit)
    return (
        Concern(
            kind=KIND,
            hazard=Hazard.PROTECTION,
            severity=Severity.DEVICE,
            since=since,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(
                    Sentence(ko=f"마지막 점검 신호 {length.ko} 전", en=f"last test {length.en} ago")
                    if tested
                    else Sentence(ko=f"등록 후 {length.ko} 동안 점검 신호 없음", en=f"never tested in {length.en}"),
                    Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                ),
                values={"untested_seconds": (now - since).total_seconds()},
                limit=float(seconds),
            ),
        ),
    )


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when a test is missing at the earliest: what was observed is never more than what went by."""
    seconds = home.plan.first_test_seconds if state.proven_at is None else home.plan.test_missing_seconds
    since = state.proven_at or state.enrolled_at
    return since + timedelta(seconds=seconds) if seconds and since else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell how long ago the way to us was proven."""
    tested = state.proven_at is not None
    limit = home.plan.test_missing_seconds if tested else home.plan.first_test_seconds
    what = Sentence(ko="마지막 점검 신호 뒤", en="since the last test")
    since = state.proven_at or state.enrolled_at
    if not limit or since is None:
        return (Look(what=what, why=Why.SWITCHED_OFF),)
    return (seconds(what, now - since, timedelta(seconds=limit)),)


def _observed(state: HomeState, since: datetime, now: datetime, limit: timedelta) -> bool:
    """Tell whether the home was heard all that time: a test that an outage held back is not missing."""
    counted = min(limit, _SURELY_REMEMBERED)
    return observed_between(state.slots, since, now) >= counted
