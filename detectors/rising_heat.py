"""Rising heat: the air of a room is as hot, or grows hot as fast, as only a fire makes it.

A thermometer is no fire detector, so it is told as a suspicion: urgent, and closed by a person only. A room that nobody
lives in may burn as well, so only what hangs outdoors or in a cold store is left out.
"""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Temperature
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, Unit
from detectors.measured import Gauge, Sample, hundredths_before, recent_words
from detectors.measuring import believed, standing_told, word_of
from detectors.rooms import measures_indoors
from detectors.state import HomeState, Told
from detectors.wording import delayed, joined, placed, sensor_of

KIND: Final = "rising_heat"
WAKES_ON: Final[frozenset[type]] = frozenset({Temperature})
#: Told once, it holds for so long at least, and until the air is cool again.
HOLDS_FOR: Final = timedelta(minutes=10)
COOL_CELSIUS: Final = 40
#: A probe that has just been switched on says exactly this (a well known one does): it must say it twice.
_POWER_ON_CELSIUS: Final = 85.0


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every room in which the air is burning hot, or grows so much hotter within a minute."""
    if state.measured is None or not state.measured.air:
        return ()
    found: tuple[Concern, ...] = ()
    for key, gauge in state.measured.air.items():
        told = standing_told(state, KIND, key)
        if (told is None and not _changes(gauge, home)) or not _counts(home, key):
            continue
        concern = _judged(state, home, gauge, told, now)
        found += (concern,) if concern else ()
    return found


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while something is burning hot."""
    air = state.measured.air.values() if state.measured else ()
    return ALWAYS if any(_changes(gauge, home) for gauge in air) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every room how hot it is."""
    del now
    what = Sentence(ko="실내 온도", en="the air")
    air = state.measured.air if state.measured else {}
    limit = float(home.plan.fire_celsius)
    return tuple(
        Look(what=what, value=gauge.newest.value, limit=limit, unit=Unit.CELSIUS, about=key)
        for key, gauge in air.items()
        if _counts(home, key)
    )


def rise_of(gauge: Gauge, word: Sample, least: int) -> float:
    """Tell by how many degrees the air rose within a minute up to a word; it must have risen by so many at least."""
    best = 0.0
    # Quick, for air that hardly changes.
    recent = recent_words(gauge)
    if len(recent) < 2 or word.value - min(value for _, value in recent) / 100 < least:
        return best
    for before, celsius in hundredths_before(gauge, word):
        rise = word.value - celsius
        a_minute = rise / max(before.total_seconds() / 60, 1.0)
        if rise >= least and a_minute > best:
            best = a_minute
    return round(best, 1)


def _changes(gauge: Gauge, home: WatchedHome) -> bool:
    plan, word = home.plan, gauge.newest
    return word.value >= plan.fire_celsius or rise_of(gauge, word, plan.fire_rise_celsius) >= plan.fire_rise_celsius


def _counts(home: WatchedHome, key: str) -> bool:
    """Leave out what is registered outdoors or in a cold store, and what measures no air."""
    sensor = sensor_of(home, key)
    return sensor is not None and measures_indoors(sensor)


def _judged(state: HomeState, home: WatchedHome, gauge: Gauge, told: Told | None, now: datetime) -> Concern | None:
    word = word_of(gauge, told)
    rise = rise_of(gauge, word, home.plan.fire_rise_celsius)
    fast = rise >= home.plan.fire_rise_celsius
    hot = word.value >= home.plan.fire_celsius and not _just_switched_on(gauge, word)
    if told is None:
        return (
            _concern(home, word, word.at, rise if fast else 0.0)
            if (hot or fast) and believed(state, gauge, now)
            else None
        )
    if word.value >= COOL_CELSIUS or now - told.finding.since < HOLDS_FOR:
        return _concern(home, word, told.finding.since, float(told.finding.evidence.values["rise_per_minute"]))
    return None


def _just_switched_on(gauge: Gauge, word: Sample) -> bool:
    if word.value != _POWER_ON_CELSIUS:
        return False
    return all(celsius < COOL_CELSIUS for _, celsius in hundredths_before(gauge, word))


def _concern(home: WatchedHome, word: Sample, since: datetime, rise: float) -> Concern:
    sensor = sensor_of(home, word.sensor_id)
    room = sensor.room if sensor else ""
    hot, fast = home.plan.fire_celsius, home.plan.fire_rise_celsius
    limit = (
        Sentence(ko=f"1분에 {rise:.1f}°C 상승 · 한계 {fast}°C", en=f"up {rise:.1f} °C a minute · limit {fast} °C")
        if rise
        else Sentence(ko=f"한계 {hot}°C", en=f"limit {hot} °C")
    )
    return Concern(
        kind=KIND,
        hazard=Hazard.FIRE,
        severity=Severity.URGENT,
        since=since,
        about=word.sensor_id,
        late=word.late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko=f"화재 의심: 실내 {word.value:.1f}°C", en=f"fire? {word.value:.1f} °C indoors"),
                limit,
                placed(room),
                delayed(word.age),
            ),
            values={"celsius": word.value, "rise_per_minute": rise},
            limit=float(fast if rise else hot),
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
            room=room or None,
        ),
    )
