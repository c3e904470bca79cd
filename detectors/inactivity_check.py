"""A soft check: nobody moved for longer than is usual from this hour on; reason to ask the resident, none to alarm."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Occupancy
from detectors.concern import Concern, key_of
from detectors.gate import ALWAYS, NEVER
from detectors.inactivity import baseline, blind_from, doubted, still, still_sentence
from detectors.learned.limits import FLOOR
from detectors.learning import limits_of, longest_of, soonest
from detectors.looking import Look, Why, seconds
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.whereabouts import expected_inside
from detectors.wording import joined

KIND: Final = "inactivity_check"

WAKES_ON: Final[tuple[type, ...]] = (Occupancy,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a stillness that is long for its hour; it calls nobody, and lasts until somebody moves."""
    if not home.plan.inactivity_checks_a_month or state.watermark is None:
        return ()
    until = min(now, state.watermark)
    if state.active and until - state.active.at < FLOOR and not state.told:
        return ()
    stillness = still(state, home, until)
    if stillness is None or until - stillness.counted_from < FLOOR:
        return ()
    until = min(until, blind_from(state, home) or until)
    still_for = observed_between(state.slots, stillness.counted_from, until)
    limit = _limit(state, home, stillness.since)
    if still_for < limit:
        return ()
    usual, inside = baseline(longest_of(state, home, stillness.since)), expected_inside(state, home, until)
    return (
        Concern(
            kind=KIND,
            hazard=Hazard.STILLNESS,
            severity=Severity.NOTICE,
            since=stillness.since,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(still_sentence(still_for, usual, limit), inside.sentence),
                values={"still_seconds": still_for.total_seconds()},
                limit=limit.total_seconds(),
                baseline=usual,
            ),
        ),
    )


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the limit is reached at the earliest."""
    if not home.plan.inactivity_checks_a_month:
        return NEVER
    if state.active is None or doubted(state, home):
        return ALWAYS
    return state.active.at + soonest(state, home, check=True)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long nobody moved, beside the limit of a soft check."""
    what = Sentence(ko="움직임 없음 (부드러운 확인)", en="no movement (soft check)")
    stillness = still(state, home, min(now, state.watermark or now))
    if stillness is None:
        return (Look(what=what, why=Why.NEVER_HEARD),)
    still_for = observed_between(state.slots, stillness.counted_from, min(now, state.watermark or now))
    off = None if home.plan.inactivity_checks_a_month else Why.SWITCHED_OFF
    return (seconds(what, still_for, _limit(state, home, stillness.since), why=off),)


def _limit(state: HomeState, home: WatchedHome, since: datetime) -> timedelta:
    """Tell the limit in force; a night's new limits do not end what was told by the old."""
    limit = limits_of(state, home, since).check
    told = state.told.get(key_of(KIND))
    if told and told.finding.since == since and told.finding.evidence.limit is not None:
        return min(limit, timedelta(seconds=told.finding.evidence.limit))
    return limit
