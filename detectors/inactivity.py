"""Inactivity: nobody moved for too long, counted over observed time only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Finding, Hazard, Sentence, Severity, WatchedHome, WatchPlan
from contracts.values import Occupancy
from detectors.concern import Concern, key_of
from detectors.gate import ALWAYS
from detectors.learned.limits import FLOOR
from detectors.learning import learned, limits_of, longest_of, soonest
from detectors.looking import Look, Why, seconds
from detectors.observed import SLOT, observed_between
from detectors.occupancy import last_change
from detectors.sensor_silent import last_heard, silent_limit, unreachable_since
from detectors.state import HomeState, watermark_age
from detectors.whereabouts import expected_inside
from detectors.wording import delayed, joined, room_of, span

KIND: Final = "inactivity"
#: What a sensor must be to tell that somebody lives here.
ACTIVITY_KINDS: Final = frozenset({"motion", "contact", "presence", "occupancy", "water_flow", "medication"})


#: What is told of a sensor whose movements are not somebody's, and what must be left to see somebody.
_FAULTS: Final = ("stuck_sensor/", "flapping_sensor/")
_EYES: Final = frozenset({"motion", "presence"})
_NOBODY: Final[frozenset[str]] = frozenset()
_STILL: Final = Sentence(ko="움직임 없음 (관찰된 시간)", en="no movement (observed time)")


@dataclass(frozen=True, kw_only=True)
class Stillness:
    """A span without a sign of life, and from when on it counts."""

    since: datetime
    counted_from: datetime


WAKES_ON: Final[tuple[type, ...]] = (Occupancy,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home that was observed for too long without a sign of life, by its own limit or by the cities' steps."""
    if state.watermark is None:
        return ()
    until = min(now, state.watermark)
    # Quick, for the many homes where somebody is up: what was observed is never more than what went by.
    if state.active and until - state.active.at < FLOOR and not state.told:
        return ()
    stillness = still(state, home, until)
    if stillness is None or until - stillness.counted_from < FLOOR:
        return ()
    until = min(until, blind_from(state, home) or until)
    still_for = observed_between(state.slots, stillness.counted_from, until)
    opens = opens_after(state, home, stillness.since)
    step = _step(home.plan, still_for, opens)
    return () if step is None else (_concern(state, home, stillness, still_for, until, opens, *step),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the first step is reached at the earliest: movement puts it off, and so does what is not observed."""
    # Without a sign it counts from the first word, and an older one may still come late.
    if state.active is None or doubted(state, home):
        return ALWAYS
    first = timedelta(seconds=home.plan.inactivity_caution_seconds)
    if learned(state, home):
        first = min(first, soonest(state, home, check=False))
    return state.active.at + first


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long nobody moved, beside the first limit in force for a stillness that began then."""
    if not any(sensor.kind in ACTIVITY_KINDS for sensor in home.sensors):
        return (Look(what=_STILL, why=Why.NO_SENSOR),)
    until = min(now, state.watermark or now)
    stillness = still(state, home, until)
    if stillness is None:
        return (Look(what=_STILL, why=Why.NEVER_HEARD),)
    blind = blind_from(state, home)
    still_for = observed_between(state.slots, stillness.counted_from, min(until, blind or until))
    why = Why.UNSEEN if blind and blind < until else None
    about = state.active.sensor_id if state.active and state.active.at == stillness.since else ""
    return (seconds(_STILL, still_for, opens_after(state, home, stillness.since), about=about, why=why),)


def opens_after(state: HomeState, home: WatchedHome, since: datetime) -> timedelta:
    """Tell after how long a stillness is told first; a night's new limits do not end what was told by the old."""
    first = timedelta(seconds=home.plan.inactivity_caution_seconds)
    if learned(state, home):
        first = min(first, limits_of(state, home, since).alarm)
    told = state.told.get(key_of(KIND))
    if told and told.finding.since == since:
        before = told.finding.evidence.values.get("opens_after_seconds")
        if isinstance(before, float):
            return min(first, timedelta(seconds=before))
    return first


def still(state: HomeState, home: WatchedHome, now: datetime) -> Stillness | None:
    """Tell since when nobody moved; late activity cannot end a stillness that was told while it lasted."""
    told = state.told.get(key_of(KIND))
    if told and not told.finding.late and (state.active_live is None or state.active_live <= told.finding.since):
        return Stillness(since=told.finding.since, counted_from=_counted_from(told.finding))
    since = last_sign(state, home)
    if since is None:
        return None
    rested = rested_until(state, home, now)
    return Stillness(since=since, counted_from=max(since, rested) if rested else since)


def last_sign(state: HomeState, home: WatchedHome) -> datetime | None:
    """Tell the newest sign of life; a home that could show one and never did is counted from its first word."""
    signs = [changed for row in state.occupancy.values() if (changed := last_change(row))]
    if state.active:
        signs.append(_last_true(state, doubted(state, home)) or state.active.at)
    if signs:
        return max(signs)
    return state.first_at if any(sensor.kind in ACTIVITY_KINDS for sensor in home.sensors) else None


def doubted(state: HomeState, home: WatchedHome) -> frozenset[str]:
    """Name the sensors that flap or are stuck, where another one would see somebody: their movements say nothing."""
    names = frozenset(key.partition("/")[2] for key in state.told if key.startswith(_FAULTS)) if state.told else _NOBODY
    if not names:
        return _NOBODY
    eyes = (sensor.sensor_id for sensor in home.sensors if sensor.kind in _EYES)
    return names if any(eye not in names for eye in eyes) else _NOBODY


def _last_true(state: HomeState, left_out: frozenset[str]) -> datetime | None:
    if state.active is None or state.active.sensor_id not in left_out:
        return None
    return max((at for sensor, at in state.sensor_active.items() if sensor not in left_out), default=None)


def rested_until(state: HomeState, home: WatchedHome, now: datetime) -> datetime | None:
    """Tell until when passive watching rested; what lies before does not count."""
    over = [hold.until_at for hold in home.holds if hold.until_at <= now]
    return max([*over, *([state.rested_until] if state.rested_until else [])], default=None)


def blind_from(state: HomeState, home: WatchedHome) -> datetime | None:
    """Tell since when no sensor that would see somebody is known to live; None: at least one may."""
    moments: list[datetime] = []
    for sensor in home.sensors:
        if sensor.kind not in ACTIVITY_KINDS:
            continue
        ends = [unreachable_since(state, sensor.sensor_id)]
        heard = last_heard(state, sensor)
        limit = silent_limit(sensor, home.plan)
        if heard and limit is not None:
            ends.append(heard + limit)
        known = [end for end in ends if end]
        if not known:
            return None
        moments.append(min(known))
    return max(moments, default=None)


def _counted_from(finding: Finding) -> datetime:
    return datetime.fromisoformat(str(finding.evidence.values["counted_from"]))


def _step(plan: WatchPlan, still_for: timedelta, opens: timedelta) -> tuple[Severity, timedelta] | None:
    steps = (
        (Severity.EMERGENCY, timedelta(seconds=plan.inactivity_emergency_seconds)),
        (Severity.URGENT, timedelta(seconds=plan.inactivity_urgent_seconds)),
        (Severity.CAUTION, opens),
    )
    return next(((severity, limit) for severity, limit in steps if still_for >= limit), None)


def _concern(
    state: HomeState,
    home: WatchedHome,
    stillness: Stillness,
    still_for: timedelta,
    until: datetime,
    opens: timedelta,
    severity: Severity,
    limit: timedelta,
) -> Concern:
    last = state.active if state.active and state.active.at == stillness.since else None
    unobserved = until - stillness.counted_from - still_for
    age = watermark_age(state)
    usual, inside = baseline(longest_of(state, home, stillness.since)), expected_inside(state, home, until)
    told = still_sentence(still_for, usual, limit, unobserved)
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=severity,
        since=stillness.since,
        late=age is not None,
        evidence=Evidence(
            rule=f"{KIND}/2",
            # It waits no longer where nobody seems to be: its limits are learned from absences, too.
            sentence=joined(told, inside.sentence, _faulty(state, home), delayed(age)),
            values={
                "still_seconds": still_for.total_seconds(),
                "unobserved_seconds": unobserved.total_seconds(),
                "counted_from": stillness.counted_from.isoformat(),
                "opens_after_seconds": opens.total_seconds(),
                "home_probability": round(inside.probability, 3),
            },
            limit=limit.total_seconds(),
            baseline=usual,
            readings=(last.reading_id,) if last else (),
            sensor_id=last.sensor_id if last else None,
            room=(room_of(home, last.sensor_id) or None) if last else None,
        ),
    )


def _faulty(state: HomeState, home: WatchedHome) -> Sentence | None:
    if not doubted(state, home):
        return None
    return Sentence(ko="오작동 센서 제외", en="a faulty sensor is left out")


def baseline(longest: timedelta | None) -> Sentence | None:
    """Say what is usual from this hour on."""
    if longest is None:
        return None
    usual = span(longest)
    return Sentence(ko=f"이 시각 평소 최장 {usual.ko}", en=f"usual longest at this hour {usual.en}")


def still_sentence(
    still_for: timedelta, usual: Sentence | None, limit: timedelta, unobserved: timedelta = timedelta(0)
) -> Sentence:
    """Say how long nobody moved, beside what is usual and the limit."""
    length, bound, left_out = span(still_for), span(limit), span(unobserved)
    return joined(
        Sentence(ko=f"{length.ko} 동안 움직임 없음", en=f"no movement for {length.en}"),
        usual,
        Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
        Sentence(ko="관찰된 시간만 셈", en="observed time only"),
        Sentence(ko=f"관찰 못 한 {left_out.ko} 제외", en=f"{left_out.en} not observed") if unobserved >= SLOT else None,
    )
