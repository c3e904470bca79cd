"""The air of a home: too cold or too hot for how long, in its best room, because that is where one can go."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from detectors.concern import Concern
from detectors.looking import Look, Unit, Why, seconds
from detectors.measured import Gauge, cold_level
from detectors.measuring import PAUSE_STEPS, believed, since_step, standing_told, word_of
from detectors.observed import observed_between
from detectors.rooms import measures_lived_in
from detectors.state import HomeState, Told
from detectors.tracks import standing
from detectors.whereabouts import expected_inside
from detectors.wording import delayed, joined, placed, sensor_of, span

#: It is over one degree inside the limit, so that it does not come and go.
HYSTERESIS: Final = 1


@dataclass(frozen=True, kw_only=True)
class Level:
    """So far beyond a limit for so long is so bad."""

    celsius: int
    lasting: timedelta
    severity: Severity


@dataclass(frozen=True, kw_only=True)
class Climate:
    """A rule about the air: what it is called, which way is bad, and its levels, worst first."""

    kind: str
    #: 1: hotter is worse; -1: colder is worse.
    way: int
    beyond: Sentence
    levels: tuple[Level, ...]


@dataclass(frozen=True, kw_only=True)
class _Bad:
    level: Level
    gauge: Gauge
    since: datetime


def lived_in(home: WatchedHome, sensor_id: str) -> bool:
    """Tell whether a registered sensor measures the air of a room that somebody lives in."""
    sensor = sensor_of(home, sensor_id)
    return sensor is not None and measures_lived_in(sensor)


def suspicious(state: HomeState, way: int, celsius: int) -> bool:
    """Tell quickly whether any air at all is beyond a limit; most homes need never be looked at."""
    if state.measured is None:
        return False
    bound = celsius * way
    return any(gauge.newest.value * way > bound for gauge in state.measured.air.values())


def judge_climate(state: HomeState, home: WatchedHome, now: datetime, rule: Climate) -> tuple[Concern, ...]:
    """See whether even the best room of a home is beyond a limit for too long."""
    told = standing_told(state, rule.kind)
    if state.measured is None or (told is None and not suspicious(state, rule.way, rule.levels[-1].celsius)):
        return ()
    rooms = [gauge for key, gauge in state.measured.air.items() if lived_in(home, key) and believed(state, gauge, now)]
    if not rooms:
        return ()
    bad = next(_bad(state, home, now, rule, rooms, told), None)
    return () if bad is None else (_concern(state, home, rule, bad, told, now),)


def look_climate(state: HomeState, home: WatchedHome, now: datetime, rule: Climate) -> tuple[Look, ...]:
    """Tell of every room that counts how warm it is, and for how long beyond the limit that calls people."""
    level = next(one for one in rule.levels if one.severity is Severity.CAUTION)
    air = Sentence(ko="실내 온도", en="the air")
    beyond = Sentence(ko=f"{level.celsius}°C {rule.beyond.ko}", en=f"{rule.beyond.en} {level.celsius} °C")
    limit = level.lasting * expected_inside(state, home, now).patience
    looks: list[Look] = []
    for key, gauge in (state.measured.air if state.measured else {}).items():
        if not lived_in(home, key):
            continue
        why = None if believed(state, gauge, now) else Why.NOT_OBSERVED
        word, falling = gauge.newest.value, rule.way < 0
        bound = float(level.celsius)
        looks.append(Look(what=air, value=word, limit=bound, unit=Unit.CELSIUS, falling=falling, about=key, why=why))
        reached = _standing(state, rule.way, level, gauge)
        lasting = observed_between(state.slots, reached, gauge.newest.at) if reached else timedelta(0)
        looks.append(seconds(beyond, lasting, limit, about=key, why=why))
    return tuple(looks)


def _bad(
    state: HomeState, home: WatchedHome, now: datetime, rule: Climate, rooms: list[Gauge], told: Told | None
) -> Iterator[_Bad]:
    for level in rule.levels:
        since = told.finding.since if told else None
        if told and told.finding.severity.rank <= level.severity.rank and since:
            inside = (level.celsius - HYSTERESIS * rule.way) * rule.way
            if all(word_of(gauge, told).value * rule.way > inside for gauge in rooms):
                best = min(rooms, key=lambda gauge: word_of(gauge, told).value * rule.way)
                yield _Bad(level=level, gauge=best, since=since)
                continue
        reached = _reached(state, home, rule.way, level, rooms, now)
        if reached:
            yield _Bad(level=level, gauge=reached[1], since=since or reached[0])


def _reached(
    state: HomeState, home: WatchedHome, way: int, level: Level, rooms: list[Gauge], now: datetime
) -> tuple[datetime, Gauge] | None:
    """Tell since when a level is reached, and by the air of which room: that which was good for longest."""
    best: tuple[datetime, Gauge] | None = None
    for gauge in rooms:
        since = _standing(state, way, level, gauge)
        if since is None:
            return None
        if best is None or since > best[0]:
            best = since, gauge
    lasting = observed_between(state.slots, best[0], best[1].newest.at) if best else timedelta(0)
    # Nobody suffers in a home that is most likely empty.
    if lasting < level.lasting or lasting < level.lasting * expected_inside(state, home, now).patience:
        return None
    return best


def _standing(state: HomeState, way: int, level: Level, gauge: Gauge) -> datetime | None:
    """Tell since when a room is beyond a level; None: it is not."""
    track, rested = gauge.steps, state.rested_until
    counts = _beyond(way, level.celsius)
    age = None if track is None else standing(track.low if way > 0 else track.high, counts, PAUSE_STEPS)
    if track is None or age is None:
        return None
    since = since_step(track, age, state.first_at)
    return max(since, rested) if rested else since


def _beyond(way: int, celsius: int) -> Callable[[int], bool]:
    limit = cold_level(celsius)
    return (lambda level: level > limit) if way > 0 else (lambda level: level < limit)


def _concern(
    state: HomeState, home: WatchedHome, rule: Climate, bad: _Bad, told: Told | None, now: datetime
) -> Concern:
    word = word_of(bad.gauge, told)
    lasting = max(observed_between(state.slots, bad.since, word.at), timedelta(0))
    sensor = sensor_of(home, word.sensor_id)
    room = sensor.room if sensor else ""
    length, bound, limit = span(lasting), span(bad.level.lasting), bad.level.celsius
    return Concern(
        kind=rule.kind,
        hazard=Hazard.TEMPERATURE,
        severity=bad.level.severity,
        since=bad.since,
        late=word.late,
        evidence=Evidence(
            rule=f"{rule.kind}/1",
            sentence=joined(
                Sentence(ko=f"실내 {word.value:.1f}°C", en=f"{word.value:.1f} °C indoors"),
                Sentence(
                    ko=f"{limit}°C {rule.beyond.ko} {length.ko}", en=f"{rule.beyond.en} {limit} °C for {length.en}"
                ),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                placed(room),
                expected_inside(state, home, now).sentence,
                delayed(word.age),
            ),
            values={
                "celsius": word.value,
                "celsius_limit": float(limit),
                "lasting_seconds": lasting.total_seconds(),
            },
            limit=bad.level.lasting.total_seconds(),
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
            room=room or None,
        ),
    )
