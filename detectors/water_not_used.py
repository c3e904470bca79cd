"""No water is used in the waking hours, and nobody was noticed in any other way."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import WaterFlow
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, seconds
from detectors.measured import Meter
from detectors.measuring import BELIEVED, last_sign, standing_told
from detectors.observed import observed_between
from detectors.state import HomeState, Told
from detectors.whereabouts import expected_inside
from detectors.wording import joined, span

KIND: Final = "water_not_used"
WAKES_ON: Final[frozenset[type]] = frozenset({WaterFlow})
#: Hours in which nobody need drink or wash are not counted (ours, on the waking hours of older people).
WAKING: Final = (time(7), time(22))
_DAY: Final = timedelta(days=1)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home whose meters all say that no water was used, in waking hours that were observed."""
    if state.measured is None or not state.measured.water:
        return ()
    limit, told = timedelta(seconds=home.plan.water_unused_seconds), standing_told(state, KIND)
    if state.active and now - state.active.at < limit and not told:
        return ()
    meters = state.measured.water.values()
    used = [at for meter in meters if (at := last_use(meter, told))]
    heard = min(meter.heard_at for meter in meters)
    if not used or observed_between(state.slots, heard, now) > BELIEVED:
        return ()
    sign = last_sign(state, home, now, told)
    since = max([*used, *([sign] if sign else [])])
    unused, inside = awake_between(state, home, since, heard), expected_inside(state, home, now)
    if unused < (limit if told else limit * inside.patience):
        return ()
    return (_concern(state, since, (unused, limit), told, inside.sentence),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: when nobody can have been noticed for long enough."""
    if state.measured is None or not state.measured.water:
        return NEVER
    return state.active.at + timedelta(seconds=home.plan.water_unused_seconds) if state.active else ALWAYS


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how many waking hours nobody used water or was noticed."""
    what = Sentence(ko="깨어 있을 시간에 물 사용 없음", en="no water in waking hours")
    meters = state.measured.water.values() if state.measured else ()
    used = [at for meter in meters if (at := last_use(meter))]
    if not meters or not used:
        return ()
    sign, heard = last_sign(state, home, now), min(meter.heard_at for meter in meters)
    unused = awake_between(state, home, max([*used, *([sign] if sign else [])]), heard)
    limit = timedelta(seconds=home.plan.water_unused_seconds) * expected_inside(state, home, now).patience
    return (seconds(what, unused, limit),)


def last_use(meter: Meter, told: Told | None = None) -> datetime | None:
    """Tell when water was last used; what was told live is not ended by a word that came late."""
    live = told is not None and not told.finding.late
    # Where no use was ever told live, the one that came late is all that is known: it does not end what it began.
    flowed = (meter.used_live or meter.used_at) if live else meter.used_at
    moments = [moment for moment in (flowed, meter.other_at) if moment]
    return max(moments, default=None)


def awake_between(state: HomeState, home: WatchedHome, since: datetime, until: datetime) -> timedelta:
    """Add up the observed waking hours between two moments, by the home's own clock."""
    spans = (
        observed_between(state.slots, max(since, first), min(until, last)) for first, last in _days(home, since, until)
    )
    return sum(spans, timedelta(0))


def _days(home: WatchedHome, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(home.timezone)
    # What was observed is remembered for three days.
    day: date = max(since, until - 3 * _DAY).astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        yield datetime.combine(day, WAKING[0], zone), datetime.combine(day, WAKING[1], zone)
        day += _DAY


def _concern(
    state: HomeState,
    since: datetime,
    lengths: tuple[timedelta, timedelta],
    told: Told | None,
    inside: Sentence | None,
) -> Concern:
    unused, limit = lengths
    length, bound = span(unused), span(limit)
    last = state.active if state.active and state.active.at == since else None
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=Severity.CAUTION,
        since=told.finding.since if told else since,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(
                    ko=f"깨어 있을 시간 {length.ko} 동안 물 사용 없음", en=f"no water for {length.en} of waking hours"
                ),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                Sentence(ko="다른 인기척도 없음", en="and no other sign of anybody"),
                inside,
            ),
            values={"unused_seconds": unused.total_seconds()},
            limit=limit.total_seconds(),
            readings=(last.reading_id,) if last else (),
            sensor_id=last.sensor_id if last else None,
        ),
    )
