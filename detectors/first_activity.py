"""No first activity: the morning came, and nobody in the home was seen to get up."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Finding, Hazard, Sentence, Severity, WatchedHome
from detectors.concern import Concern, key_of
from detectors.diary import DAWN, days_of, highest
from detectors.gate import ALWAYS, NEVER
from detectors.local_time import day_of, moment_after
from detectors.looking import Look, Why, seconds
from detectors.observed import observed_between
from detectors.rooms import INSIDE
from detectors.state import HomeState, watermark_age
from detectors.ways import Ways
from detectors.whereabouts import expected_inside, sees
from detectors.wording import delayed, joined, span

KIND: Final = "first_activity"
#: A later sign only puts it off.
WAKES_ON: Final[frozenset[type]] = frozenset()
#: Of the home's own mornings, one in a hundred may be later (domain facts, §7 no. 9), once there are so many.
_SHARE: Final = 0.99
_LEAST_DAYS: Final = 14
#: Nobody is looked for before half past six.
_EARLIEST: Final = timedelta(hours=6, minutes=30)
_DAWN: Final = timedelta(hours=DAWN.hour)
_QUICK: Final = _EARLIEST - _DAWN
#: Who seems to be out is not expected to get up here; how long they stay away is another detector's.
_INSIDE: Final = 0.5


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a morning without a sign since four o'clock, when it is later than the home's own mornings ever were."""
    ways, last = state.ways, last_sign(state)
    if ways is None or last is None or state.watermark is None:
        return ()
    until = min(now, state.watermark)
    told = state.told.get(key_of(KIND))
    if told is not None:
        if _ended(state, told.finding):
            return ()
        return (_concern(state, home, told.finding.since, until, None),)
    if until - last < _QUICK:  # quick: somebody is up
        return ()
    day = day_of(until, home)
    dawn, limit = moment_after(day, _DAWN, home), latest(ways, home)
    if last >= dawn or until < moment_after(day, limit, home):
        return ()
    counted = max(dawn, state.rested_until or dawn)
    if observed_between(state.slots, counted, until) < limit - _DAWN or not sees(state, home, now, INSIDE):
        return ()
    if expected_inside(state, home, now).probability < _INSIDE:
        return ()
    return (_concern(state, home, last, until, limit),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell the next morning's limit after the last sign; the diary may move it when it is closed."""
    ways, last = state.ways, last_sign(state)
    if ways is None or ways.closes_at is None:
        return NEVER if ways is None else ALWAYS
    if last is None:
        return ways.closes_at
    day = day_of(last, home)
    if last >= moment_after(day, _DAWN, home):
        day += timedelta(days=1)
    return min(moment_after(day, latest(ways, home), home), ways.closes_at)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell how late it is while nobody has been seen this morning, beside the latest of the home's own mornings."""
    what, ways, last = (
        Sentence(ko="첫 움직임 없이 지난 시각", en="the clock, and nobody up yet"),
        state.ways,
        last_sign(state),
    )
    if ways is None or last is None or state.watermark is None:
        return ()
    until = min(now, state.watermark)
    day = day_of(until, home)
    if last >= moment_after(day, _DAWN, home) or until < moment_after(day, _DAWN, home):
        return (Look(what=what, limit=latest(ways, home).total_seconds(), why=Why.NOT_NOW),)
    why = Why.AWAY if expected_inside(state, home, now).away else None
    why = why if sees(state, home, now, INSIDE) else Why.UNSEEN
    return (seconds(what, until - moment_after(day, timedelta(0), home), latest(ways, home), why=why),)


def last_sign(state: HomeState) -> datetime | None:
    """Tell the newest sign of somebody inside."""
    inside = state.ways.inside_at if state.ways else None
    active = state.active.at if state.active else None
    if inside is None or active is None:
        return inside or active
    return max(inside, active)


def latest(ways: Ways, home: WatchedHome) -> timedelta:
    """Tell how long after midnight somebody must have been up, by the clock."""
    most = timedelta(seconds=home.plan.first_activity_latest_seconds)
    woke = own_latest(ways)
    if woke is None:
        return most
    return min(max(woke + timedelta(seconds=home.plan.first_activity_margin_seconds), _EARLIEST), most)


def own_latest(ways: Ways) -> timedelta | None:
    """Tell how late the home's own mornings have been, by the clock; None while too few are known."""
    woke = [day.woke for day in days_of(ways, newest=60) if day.woke is not None]
    return _DAWN + highest(woke, _SHARE) if len(woke) >= _LEAST_DAYS else None


def _ended(state: HomeState, told: Finding) -> bool:
    live = state.active_live if not told.late else last_sign(state)
    return live is not None and live > told.since


def _concern(state: HomeState, home: WatchedHome, since: datetime, until: datetime, limit: timedelta | None) -> Concern:
    ways, age = state.ways, watermark_age(state)
    limit = limit or (latest(ways, home) if ways else _EARLIEST)
    own = own_latest(ways) if ways else None
    bound, still_for = _clock(limit), span(observed_between(state.slots, since, until))
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=Severity.CAUTION,
        since=since,
        late=age is not None,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko=f"{bound} 까지 아침 첫 움직임 없음", en=f"no first activity by {bound}"),
                Sentence(ko=f"마지막 움직임 뒤 {still_for.ko}", en=f"{still_for.en} since the last movement"),
                delayed(age),
            ),
            values={"still_seconds": observed_between(state.slots, since, until).total_seconds()},
            limit=limit.total_seconds(),
            baseline=Sentence(ko=f"평소 늦어도 {_clock(own)} 에 첫 움직임", en=f"usually up by {_clock(own)}")
            if own
            else None,
            readings=(state.active.reading_id,) if state.active else (),
            sensor_id=state.active.sensor_id if state.active else None,
        ),
    )


def _clock(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours:02d}:{minutes:02d}"
