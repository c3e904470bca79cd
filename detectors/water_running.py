"""Water runs without a pause for too long: a tap was left open, a pipe leaks, or somebody lies beside the tub."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import WaterFlow
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, seconds
from detectors.measured import Gauge
from detectors.measuring import PAUSE_STEPS, believed, since_step, standing_told, word_of
from detectors.observed import observed_between
from detectors.state import HomeState, Told
from detectors.tracks import standing
from detectors.wording import delayed, joined, placed, room_of, span

KIND: Final = "water_running"
WAKES_ON: Final[frozenset[type]] = frozenset({WaterFlow})


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every meter through which water ran in each of its words, for too long."""
    if state.measured is None or not state.measured.water:
        return ()
    return tuple(_concerns(state, home, now))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while water runs."""
    return ALWAYS if any(gauge.newest.value > 0 for _, gauge in _gauges(state)) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every meter for how long water has run through it without a pause."""
    del now
    what, limit = (
        Sentence(ko="물이 쉬지 않고 흐름", en="water runs"),
        timedelta(seconds=home.plan.water_running_seconds),
    )
    looks: list[Look] = []
    for key, gauge in _gauges(state):
        track = gauge.steps
        age = standing(track.low, lambda level: level > 0, PAUSE_STEPS) if track and gauge.newest.value > 0 else None
        since = None if track is None or age is None else since_step(track, age, state.first_at)
        running = observed_between(state.slots, since, gauge.newest.at) if since else timedelta(0)
        looks.append(seconds(what, running, limit, about=key))
    return tuple(looks)


def _gauges(state: HomeState) -> list[tuple[str, Gauge]]:
    meters = state.measured.water if state.measured else {}
    return [(key, meter.gauge) for key, meter in meters.items() if meter.gauge]


def _concerns(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    limit = timedelta(seconds=home.plan.water_running_seconds)
    for key, gauge in _gauges(state):
        told, track = standing_told(state, KIND, key), gauge.steps
        word = word_of(gauge, told)
        if word.value <= 0 or track is None or not believed(state, gauge, now):
            continue
        age = standing(track.low, lambda level: level > 0, PAUSE_STEPS)
        since = told.finding.since if told else None if age is None else since_step(track, age, state.first_at)
        if since is None:
            continue
        running = observed_between(state.slots, since, word.at)
        if told or running >= limit:
            yield _concern(home, gauge, told, since, running, limit)


def _concern(
    home: WatchedHome, gauge: Gauge, told: Told | None, since: datetime, running: timedelta, limit: timedelta
) -> Concern:
    word = word_of(gauge, told)
    length, bound, room = span(running), span(limit), room_of(home, word.sensor_id)
    return Concern(
        kind=KIND,
        hazard=Hazard.WATER,
        severity=Severity.CAUTION,
        since=since,
        about=word.sensor_id,
        late=word.late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(
                    ko=f"물이 {length.ko} 동안 쉬지 않고 흐름 (분당 {word.value:.1f} L)",
                    en=f"water runs for {length.en} without a pause ({word.value:.1f} l a minute)",
                ),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                placed(room),
                delayed(word.age),
            ),
            values={"running_seconds": running.total_seconds(), "litres_per_minute": word.value},
            limit=limit.total_seconds(),
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
            room=room or None,
        ),
    )
