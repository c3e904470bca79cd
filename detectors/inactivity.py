"""Inactivity: nobody moved for too long, counted over observed time only."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome, WatchPlan
from detectors.concern import Concern, key_of
from detectors.observed import observed_between
from detectors.sensor_silent import sensor_last_heard
from detectors.state import HomeState
from detectors.wording import span

KIND: Final = "inactivity"
#: What a sensor must be to tell that somebody lives here.
ACTIVITY_KINDS: Final = frozenset({"motion", "contact", "presence", "occupancy", "water_flow", "medication"})


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a home that was observed for too long without a sign of life."""
    if state.watermark is None:
        return ()
    since = still_since(state, home)
    until = min(now, state.watermark)
    if since is None or until - since < timedelta(seconds=_least(home.plan)):
        return ()
    counted_from = max(since, rested_until(state, home, until) or since)
    until = min(until, blind_from(state, home) or until)
    still_for = observed_between(state.slots, counted_from, until)
    step = _step(home.plan, still_for)
    if step is None:
        return ()
    severity, limit = step
    return (_concern(state, since, still_for, severity, limit),)


def still_since(state: HomeState, home: WatchedHome) -> datetime | None:
    """Tell since when nobody moved; late activity cannot end a stillness that was told."""
    told = state.told.get(key_of(KIND))
    if told and (state.active_live is None or state.active_live <= told.finding.since):
        return told.finding.since
    signs = [changed for samples in state.occupancy.values() if (changed := _last_change(samples))]
    if state.active:
        signs.append(state.active.at)
    if signs:
        return max(signs)
    watches = any(sensor.kind in ACTIVITY_KINDS for sensor in home.sensors)
    return state.first_at if watches else None


def rested_until(state: HomeState, home: WatchedHome, now: datetime) -> datetime | None:
    """Tell until when passive watching rested; what lies before does not count."""
    over = [hold.until_at for hold in home.holds if hold.until_at <= now]
    return max([*over, *([state.rested_until] if state.rested_until else [])], default=None)


def blind_from(state: HomeState, home: WatchedHome) -> datetime | None:
    """Tell since when none of the sensors that would see somebody is known to live; None: at least one may."""
    moments: list[datetime] = []
    for sensor in home.sensors:
        if sensor.kind not in ACTIVITY_KINDS:
            continue
        heard = sensor_last_heard(state, sensor)
        if sensor.silent_after_seconds is None or heard is None:
            return None
        moments.append(heard + timedelta(seconds=sensor.silent_after_seconds))
    return max(moments, default=None)


def _last_change(samples: dict[str, bool]) -> datetime | None:
    moments = sorted(samples)
    for before, after in zip(reversed(moments[:-1]), reversed(moments[1:]), strict=True):
        if samples[before] != samples[after]:
            return datetime.fromisoformat(after)
    return None


def _least(plan: WatchPlan) -> int:
    return min(limit for _, limit in _steps(plan))


def _steps(plan: WatchPlan) -> Iterator[tuple[Severity, int]]:
    yield Severity.EMERGENCY, plan.inactivity_emergency_seconds
    yield Severity.URGENT, plan.inactivity_urgent_seconds
    yield Severity.CAUTION, plan.inactivity_caution_seconds


def _step(plan: WatchPlan, still_for: timedelta) -> tuple[Severity, timedelta] | None:
    for severity, seconds in _steps(plan):
        if still_for >= timedelta(seconds=seconds):
            return severity, timedelta(seconds=seconds)
    return None


def _concern(state: HomeState, since: datetime, still_for: timedelta, severity: Severity, limit: timedelta) -> Concern:
    length, bound = span(still_for), span(limit)
    last = state.active if state.active and state.active.at == since else None
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=severity,
        since=since,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=Sentence(
                ko=f"{length.ko} 동안 움직임 없음 · 한계 {bound.ko} · 관찰된 시간만 셈",
                en=f"no movement for {length.en} · limit {bound.en} · observed time only",
            ),
            values={"still_seconds": still_for.total_seconds(), "observed_seconds": still_for.total_seconds()},
            limit=limit.total_seconds(),
            readings=(last.reading_id,) if last else (),
            sensor_id=last.sensor_id if last else None,
        ),
    )
