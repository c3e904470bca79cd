"""Power stays flat: nothing is switched on or off for much longer than in the home's own week.

It speaks where nothing else does: a sign of the resident, of whatever kind, counts as use. A home without two days of
its own is not judged, and one whose plug rests for days again and again is given half as long again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome, WatchPlan
from contracts.values import Power
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, Why, seconds
from detectors.measured import HOUR_SECONDS, HOURS, Gauge, Sample, watt_level, watts_of
from detectors.measuring import believed, last_sign, standing_told
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.tracks import UNHEARD, began, heard_in
from detectors.whereabouts import expected_inside
from detectors.wording import delayed, joined, span

KIND: Final = "power_flat"
WAKES_ON: Final[frozenset[type]] = frozenset({Power})
#: The quietest tenth of the hours shows what runs by itself: standby, a fridge.
_QUIET_SHARE: Final = 0.1
#: Use is so much above that.
_USE_WATTS: Final = 15.0
_USE_SHARE: Final = 1.3
#: The home's own week must hold so many heard hours, and some use.
_LEAST_HOURS: Final = 48
_LEAST_USES: Final = 3
_OWN_TIMES: Final = 1.5


@dataclass(frozen=True, kw_only=True)
class _Flat:
    since: datetime
    usual_hours: int
    #: The longest rest of the week beside that one.
    second_hours: int


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home in which no power was used for much longer than usual."""
    if state.measured is None or not state.measured.power:
        return ()
    least, told = timedelta(seconds=home.plan.power_flat_least_seconds), standing_told(state, KIND)
    if state.active and now - state.active.at < least and not told:
        return ()
    flat = flat_since(list(state.measured.power.values()))
    word = max(gauge.newest for gauge in state.measured.power.values())
    if flat is None or not all(believed(state, gauge, now) for gauge in state.measured.power.values()):
        return ()
    sign = last_sign(state, home, now, told)
    since = max(flat.since, sign) if sign else flat.since
    flat_for, limit = (
        observed_between(state.slots, since, word.at),
        limit_of(home.plan, flat.usual_hours, flat.second_hours),
    )
    inside = expected_inside(state, home, now)
    # Where nobody seems to be, nobody switches anything; how long they stay away is another detector's.
    if flat_for < (limit if told else limit * inside.patience):
        return ()
    since = told.finding.since if told else since
    return (_concern(since, word, (flat_for, limit), flat.usual_hours, inside.sentence),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: when nobody can have been noticed for long enough."""
    if state.measured is None or not state.measured.power:
        return NEVER
    return state.active.at + timedelta(seconds=home.plan.power_flat_least_seconds) if state.active else ALWAYS


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long no power was used, beside the limit that the home's own week gives."""
    what = Sentence(ko="전력 사용 변화 없음", en="no use of power")
    if state.measured is None or not state.measured.power:
        return ()
    flat = flat_since(list(state.measured.power.values()))
    if flat is None:
        return (Look(what=what, why=Why.LEARNING),)
    word, sign = max(gauge.newest for gauge in state.measured.power.values()), last_sign(state, home, now)
    limit = limit_of(home.plan, flat.usual_hours, flat.second_hours) * expected_inside(state, home, now).patience
    flat_for = observed_between(state.slots, max(flat.since, sign) if sign else flat.since, word.at)
    return (seconds(what, flat_for, limit),)


def limit_of(plan: WatchPlan, usual_hours: int, second_hours: int) -> timedelta:
    """Tell a home's limit: its own longest rest and half of it more, between the plan's two figures."""
    own = timedelta(hours=usual_hours * _OWN_TIMES)
    hard = timedelta(seconds=plan.power_flat_seconds)
    # Twice in a week is how a home lives; once may have been what must be told again.
    if timedelta(hours=second_hours) >= hard:
        return own
    return min(max(own, timedelta(seconds=plan.power_flat_least_seconds)), hard)


def flat_since(gauges: list[Gauge]) -> _Flat | None:
    """Tell since when no device of a home was used, and its longest rest before; None: it is too new to say."""
    newest = max((gauge.hours.step for gauge in gauges if gauge.hours), default=0)
    used = [_used(gauge, newest) for gauge in gauges if gauge.hours]
    hours = [next((True for one in each if one), None if None in each else False) for each in zip(*used, strict=True)]
    rest = next((age for age, use in enumerate(hours) if use is not False), len(hours))
    before = hours[rest:]
    if len(before) - before.count(None) < _LEAST_HOURS or before.count(True) < _LEAST_USES or rest == 0:
        return None
    rests = [0, 0, *(len(list(row)) for use, row in groupby(before) if use is False)]
    second, longest = sorted(rests)[-2:]
    return _Flat(since=began(newest - rest + 1, HOUR_SECONDS), usual_hours=longest, second_hours=second)


def _used(gauge: Gauge, newest: int) -> list[bool | None]:
    """Tell for each hour of the week, newest first, whether the device was used; None where it was not heard."""
    track = gauge.hours
    if track is None:
        return [None] * HOURS
    levels = heard_in(track.high)
    base = watts_of(levels[int(len(levels) * _QUIET_SHARE)])
    over = watt_level(max(base + _USE_WATTS, base * _USE_SHARE))
    known = [None if level == UNHEARD else level > over for level in track.high]
    behind: list[bool | None] = [None] * (newest - track.step)
    return (behind + known + [None] * HOURS)[:HOURS]


def _concern(
    since: datetime, word: Sample, lengths: tuple[timedelta, timedelta], usual: int, inside: Sentence | None
) -> Concern:
    flat_for, limit = lengths
    length, bound = span(flat_for), span(limit)
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=Severity.CAUTION,
        since=since,
        late=word.late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko=f"{length.ko} 동안 전력 사용 변화 없음", en=f"no use of power for {length.en}"),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                Sentence(ko=f"평소 최장 {usual}시간", en=f"usually {usual} h at most"),
                inside,
                delayed(word.age),
            ),
            values={"flat_seconds": flat_for.total_seconds()},
            limit=limit.total_seconds(),
            baseline=Sentence(ko=f"지난 7일 최장 {usual}시간", en=f"{usual} h at most in the last 7 days"),
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
        ),
    )
