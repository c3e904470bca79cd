"""Out for too long: the door, and then nobody inside, for longer than this home was ever empty."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Finding, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Contact
from detectors.concern import Concern, key_of
from detectors.diary import days_of, highest
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, Why, seconds
from detectors.observed import observed_between
from detectors.rooms import INSIDE
from detectors.state import HomeState, watermark_age
from detectors.ways import Ways
from detectors.whereabouts import probability_home, sees
from detectors.wording import delayed, joined, span

KIND: Final = "out_too_long"
#: Movement inside only puts it off.
WAKES_ON: Final[frozenset[type]] = frozenset({Contact})
#: Of the days' longest outings, one in a hundred may be longer (domain facts, §7 no. 13), once so many days are known.
_SHARE: Final = 0.99
_LEAST_DAYS: Final = 14


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home that has been empty for too long; an absence that was entered does not count."""
    ways = state.ways
    if ways is None or ways.door_at is None or state.watermark is None:
        return ()
    told, until = state.told.get(key_of(KIND)), min(now, state.watermark)
    if told is not None:
        return () if _returned(ways, told.finding) else (_concern(state, home, told.finding.since, until),)
    since = ways.door_at
    if ways.inside_at is not None and ways.inside_at >= since:  # quick: somebody is at home
        return ()
    counted = max(since, state.rested_until or since)
    limit = longest(ways, home)
    if until - counted < limit or observed_between(state.slots, counted, until) < limit:
        return ()
    return (_concern(state, home, since, until),) if sees(state, home, now, INSIDE) else ()


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when an absence lasts too long; the diary may move that when it is closed."""
    ways = state.ways
    if ways is None or ways.door_at is None or (ways.inside_at is not None and ways.inside_at >= ways.door_at):
        return NEVER
    return ALWAYS if ways.closes_at is None else min(ways.door_at + longest(ways, home), ways.closes_at)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long nobody has been inside since the last door, beside the home's own longest."""
    ways = state.ways
    if ways is None or ways.door_at is None:
        return ()
    until = min(now, state.watermark or now)
    inside = ways.inside_at is not None and ways.inside_at >= ways.door_at
    gone_for = timedelta(0) if inside else observed_between(state.slots, ways.door_at, until)
    why = None if sees(state, home, now, INSIDE) else Why.UNSEEN
    return (seconds(Sentence(ko="외출 중", en="out"), gone_for, longest(ways, home), why=why),)


def longest(ways: Ways, home: WatchedHome) -> timedelta:
    """Tell for how long this home may be empty: its own longest outing and a margin, at most the cap."""
    cap = timedelta(seconds=home.plan.out_too_long_cap_seconds)
    own = own_longest(ways)
    return cap if own is None else min(own + timedelta(seconds=home.plan.out_too_long_margin_seconds), cap)


def own_longest(ways: Ways) -> timedelta | None:
    """Tell the home's own longest outing; None while too few days are known, or nobody ever left."""
    days = days_of(ways, newest=60)
    if len(days) < _LEAST_DAYS:
        return None
    return highest([day.longest_out for day in days], _SHARE) or None


def _returned(ways: Ways, told: Finding) -> bool:
    inside = ways.inside_at if told.late else ways.inside_live
    return inside is not None and inside > told.since


def _concern(state: HomeState, home: WatchedHome, since: datetime, until: datetime) -> Concern:
    ways, age = state.ways or Ways(), watermark_age(state)
    limit, own = longest(ways, home), own_longest(ways)
    gone_for = observed_between(state.slots, since, until)
    length, bound = span(gone_for), span(limit)
    usual = span(own) if own else None
    return Concern(
        kind=KIND,
        hazard=Hazard.ABSENCE,
        severity=Severity.CAUTION,
        since=since,
        late=age is not None or ways.door_late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko=f"외출한 뒤 {length.ko} 동안 돌아오지 않음", en=f"out, and not back for {length.en}"),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                delayed(age),
            ),
            values={
                "away_seconds": gone_for.total_seconds(),
                "home_probability": round(probability_home(state, home, until), 3),
            },
            limit=limit.total_seconds(),
            baseline=usual and Sentence(ko=f"평소 가장 긴 외출 {usual.ko}", en=f"longest outing so far {usual.en}"),
            readings=(ways.door_id,) if ways.door_id else (),
        ),
    )
