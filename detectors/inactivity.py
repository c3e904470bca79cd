"""Inactivity: nobody moved for too long, counted over observed time only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from contracts import Evidence, Finding, Hazard, Sentence, Severity, WatchedHome, WatchPlan
from contracts.values import Occupancy
from detectors.concern import Concern, key_of
from detectors.gate import ALWAYS
from detectors.observed import SLOT, observed_between
from detectors.sensor_silent import last_heard, silent_limit, unreachable_since
from detectors.state import HomeState, watermark_age
from detectors.wording import delayed, joined, span

KIND: Final = "inactivity"
#: What a sensor must be to tell that somebody lives here.
ACTIVITY_KINDS: Final = frozenset({"motion", "contact", "presence", "occupancy", "water_flow", "medication"})


@dataclass(frozen=True, kw_only=True)
class Stillness:
    """A span without a sign of life, and from when on it counts."""

    since: datetime
    counted_from: datetime


WAKES_ON: Final[tuple[type, ...]] = (Occupancy,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home that was observed for too long without a sign of life."""
    if state.watermark is None:
        return ()
    until = min(now, state.watermark)
    least = timedelta(seconds=home.plan.inactivity_caution_seconds)
    # Quick, for the many homes where somebody is up: what was observed is never more than what went by.
    if state.active and until - state.active.at < least and not state.told:
        return ()
    stillness = still(state, home, until)
    if stillness is None or until - stillness.counted_from < least:
        return ()
    until = min(until, blind_from(state, home) or until)
    still_for = observed_between(state.slots, stillness.counted_from, until)
    step = _step(home.plan, still_for)
    return () if step is None else (_concern(state, stillness, still_for, until, *step),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the first step is reached at the earliest: movement puts it off, and so does what is not observed."""
    # Without a sign it counts from the first word, and an older one may still come late.
    if state.active is None:
        return ALWAYS
    return state.active.at + timedelta(seconds=home.plan.inactivity_caution_seconds)


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
    signs = [changed for samples in state.occupancy.values() if (changed := _last_change(samples))]
    if state.active:
        signs.append(state.active.at)
    if signs:
        return max(signs)
    return state.first_at if any(sensor.kind in ACTIVITY_KINDS for sensor in home.sensors) else None


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


def _last_change(samples: dict[str, bool]) -> datetime | None:
    moments = sorted(samples, reverse=True)
    for after, before in pairwise(moments):
        if samples[before] != samples[after]:
            return datetime.fromisoformat(after)
    return None


def _step(plan: WatchPlan, still_for: timedelta) -> tuple[Severity, timedelta] | None:
    steps = (
        (Severity.EMERGENCY, plan.inactivity_emergency_seconds),
        (Severity.URGENT, plan.inactivity_urgent_seconds),
        (Severity.CAUTION, plan.inactivity_caution_seconds),
    )
    limits = ((severity, timedelta(seconds=seconds)) for severity, seconds in steps)
    return next(((severity, limit) for severity, limit in limits if still_for >= limit), None)


def _concern(
    state: HomeState,
    stillness: Stillness,
    still_for: timedelta,
    until: datetime,
    severity: Severity,
    limit: timedelta,
) -> Concern:
    last = state.active if state.active and state.active.at == stillness.since else None
    unobserved = until - stillness.counted_from - still_for
    age = watermark_age(state)
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=severity,
        since=stillness.since,
        late=age is not None,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(_sentence(still_for, limit, unobserved), delayed(age)),
            values={
                "still_seconds": still_for.total_seconds(),
                "unobserved_seconds": unobserved.total_seconds(),
                "counted_from": stillness.counted_from.isoformat(),
            },
            limit=limit.total_seconds(),
            readings=(last.reading_id,) if last else (),
            sensor_id=last.sensor_id if last else None,
        ),
    )


def _sentence(still_for: timedelta, limit: timedelta, unobserved: timedelta) -> Sentence:
    length, bound, left_out = span(still_for), span(limit), span(unobserved)
    return joined(
        Sentence(ko=f"{length.ko} 동안 움직임 없음", en=f"no movement for {length.en}"),
        Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
        Sentence(ko="관찰된 시간만 셈", en="observed time only"),
        Sentence(ko=f"관찰 못 한 {left_out.ko} 제외", en=f"{left_out.en} not observed") if unobserved >= SLOT else None,
    )
