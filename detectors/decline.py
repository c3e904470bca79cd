"""Slow decline: within two weeks somebody moves, eats or leaves home less, gets up later or wakes more at night."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from contracts import Sentence, WatchedHome, WatchPlan
from detectors.concern import Concern
from detectors.diary import Day
from detectors.looking import Look, Unit, Why
from detectors.review import due_of, lately_and_before, mean, reviewed, told_weekly
from detectors.rooms import DOOR
from detectors.state import HomeState
from detectors.whereabouts import sees

KIND: Final = "decline"
WAKES_ON: Final[frozenset[type]] = frozenset()
#: Two weeks beside the six before (domain facts, §7 no. 25); seven of ten days must be known.
_LATELY: Final = 14
_LEAST_KNOWN: Final = 0.7
#: Twice as often at night, and at least once more (Tanaka; TIHM: infections of the urinary tract).
_TOILET_TIMES, _TOILET_MORE = 2.0, 1.0
#: Who left home less than once in five days before is not newly housebound.
_WENT_OUT: Final = 0.2
#: Half as often in the kitchen at mealtimes; who was there less than once a day before eats elsewhere.
_EATS_SHARE, _ATE = 0.5, 1.0
_BASELINE: Final = Sentence(ko="최근 2주와 그 전 6주 비교", en="the last two weeks beside the six before")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See what changed, on Monday mornings only."""
    review = reviewed(state, now)
    parts = lately_and_before(review[0], _LATELY, least=_LEAST_KNOWN) if review else None
    if review is None or parts is None:
        return ()
    values: dict[str, float | str] = {}
    facts = list(_facts(*parts, home.plan, values, door=sees(state, home, now, DOOR)))
    return (told_weekly(KIND, review[1], facts, values, _BASELINE),) if facts else ()


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the next review is told."""
    del home
    return due_of(state)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell by how much somebody changes rooms less than before; told on Monday mornings only."""
    del now
    what = Sentence(ko="방 사이 이동 감소", en="fewer changes of room")
    limit = float(home.plan.decline_changes_percent)
    parts = lately_and_before(state.ways, _LATELY, least=_LEAST_KNOWN) if state.ways else None
    if parts is None:
        return (Look(what=what, limit=limit, unit=Unit.PERCENT, why=Why.LEARNING),)
    lately, before = (mean([float(day.changes) for day in days]) for days in parts)
    less = 100 * (1 - lately / before) if before else 0.0
    return (Look(what=what, value=less, limit=limit, unit=Unit.PERCENT),)


def _facts(
    lately: list[Day], before: list[Day], plan: WatchPlan, values: dict[str, float | str], *, door: bool
) -> Iterator[Sentence]:
    yield from _moves_less(lately, before, plan, values)
    yield from _wakes_at_night(lately, before, values)
    yield from _wakes_otherwise(lately, before, plan, values)
    yield from _eats_less(lately, before, values)
    if door:
        yield from _housebound(lately, before, plan, values)


def _moves_less(
    lately: list[Day], before: list[Day], plan: WatchPlan, values: dict[str, float | str]
) -> Iterator[Sentence]:
    now, usual = (mean([float(day.changes) for day in days]) for days in (lately, before))
    if usual and now <= usual * (1 - plan.decline_changes_percent / 100):
        values |= {"room_changes_a_day": round(now, 1), "room_changes_a_day_before": round(usual, 1)}
        less = round(100 * (1 - now / usual))
        yield Sentence(ko=f"방 사이 이동 {less} % 감소", en=f"{less} % fewer changes of room")


def _wakes_at_night(lately: list[Day], before: list[Day], values: dict[str, float | str]) -> Iterator[Sentence]:
    now, usual = (mean([float(day.toilets) for day in days]) for days in (lately, before))
    if now >= usual * _TOILET_TIMES and now - usual >= _TOILET_MORE:
        values |= {"night_toilets": round(now, 1), "night_toilets_before": round(usual, 1)}
        yield Sentence(
            ko=f"밤 화장실 하루 {usual:.1f}번에서 {now:.1f}번으로",
            en=f"the toilet at night {now:.1f} times, before {usual:.1f}",
        )


def _wakes_otherwise(
    lately: list[Day], before: list[Day], plan: WatchPlan, values: dict[str, float | str]
) -> Iterator[Sentence]:
    mornings = [[day.woke.total_seconds() for day in days if day.woke is not None] for days in (lately, before)]
    if not all(mornings):
        return
    shift = mean(mornings[0]) - mean(mornings[1])
    if abs(shift) > plan.decline_wake_seconds:
        minutes = round(abs(shift) / 60)
        values["wake_shift_seconds"] = round(shift)
        ko, en = ("늦어짐", "later") if shift > 0 else ("빨라짐", "earlier")
        yield Sentence(ko=f"기상 {minutes}분 {ko}", en=f"up {minutes} min {en}")


def _eats_less(lately: list[Day], before: list[Day], values: dict[str, float | str]) -> Iterator[Sentence]:
    eaten = [[float(day.meals) for day in days if day.meals is not None] for days in (lately, before)]
    if len(eaten[0]) < len(lately) * _LEAST_KNOWN or len(eaten[1]) < len(before) * _LEAST_KNOWN:
        return
    now, usual = mean(eaten[0]), mean(eaten[1])
    if usual >= _ATE and now <= usual * _EATS_SHARE:
        values |= {"mealtimes_a_day": round(now, 1), "mealtimes_a_day_before": round(usual, 1)}
        yield Sentence(
            ko=f"식사 시간 부엌 사용 하루 {usual:.1f}번에서 {now:.1f}번으로",
            en=f"in the kitchen at {now:.1f} mealtimes a day, before {usual:.1f}",
        )


def _housebound(
    lately: list[Day], before: list[Day], plan: WatchPlan, values: dict[str, float | str]
) -> Iterator[Sentence]:
    days = plan.decline_housebound_seconds // 86_400
    inside = next((place for place, day in enumerate(lately) if day.outings), len(lately))
    if inside >= days and mean([float(day.outings) for day in before]) >= _WENT_OUT:
        values["days_without_outing"] = float(inside)
        yield Sentence(ko=f"{inside}일 동안 외출 없음", en=f"not out of the home for {inside} days")
