"""The entrance stands open for too long, by day or night; sooner while it freezes outside."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Contact
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, seconds
from detectors.measured import Words, moment_of, standing_words
from detectors.measuring import believed, standing_told
from detectors.observed import observed_between
from detectors.rooms import is_entrance, measures_outside
from detectors.sensor_silent import silent_limit
from detectors.state import HomeState
from detectors.whereabouts import expected_inside
from detectors.wording import joined, placed, sensor_of, span

KIND: Final = "door_left_open"
WAKES_ON: Final[frozenset[type]] = frozenset({Contact})
_FREEZING: Final = Sentence(ko="바깥 영하", en="freezing outside")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every door to the outside that was opened and not closed again."""
    if state.measured is None or not state.measured.doors:
        return ()
    return tuple(_concerns(state, home, now, state.measured.doors))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while a door is open."""
    doors = state.measured.doors.values() if state.measured else ()
    return ALWAYS if any(words.is_on for words in doors) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every door to the outside for how long it stands open."""
    freezing = _freezing(state, home, now)
    limit = timedelta(seconds=home.plan.door_open_freezing_seconds if freezing else home.plan.door_open_seconds)
    what = Sentence(ko="현관문 열려 있음", en="the door stands open")
    looks: list[Look] = []
    for key, words in (state.measured.doors if state.measured else {}).items():
        sensor = sensor_of(home, key)
        if sensor is None or not is_entrance(sensor) or not words.live:
            continue
        opened = standing_words(words, words.late_off) if words.is_on else ()
        open_for = observed_between(state.slots, moment_of(opened[0]), now) if opened else timedelta(0)
        looks.append(seconds(what, open_for, limit, about=key))
    return tuple(looks)


def _concerns(state: HomeState, home: WatchedHome, now: datetime, doors: dict[str, Words]) -> Iterator[Concern]:
    for key, words in doors.items():
        if not words.is_on:  # quick: most doors are shut
            continue
        sensor, told = sensor_of(home, key), standing_told(state, KIND, key)
        opened = standing_words(words, words.late_off)
        if sensor is None or not is_entrance(sensor) or not (told or opened):
            continue
        heard, most = state.sensor_heard.get(key), silent_limit(sensor, home.plan)
        if heard and most is not None and observed_between(state.slots, heard, now) >= most:
            continue  # nobody knows any more; its silence is told as such
        since = told.finding.since if told else moment_of(opened[0])
        freezing = _freezing(state, home, now)
        limit = timedelta(seconds=home.plan.door_open_freezing_seconds if freezing else home.plan.door_open_seconds)
        open_for = observed_between(state.slots, since, now)
        if told or open_for >= limit:
            inside = expected_inside(state, home, now).sentence
            yield _concern(words, sensor.room, since, open_for, limit, (_FREEZING if freezing else None, inside))


def _freezing(state: HomeState, home: WatchedHome, now: datetime) -> bool:
    air = state.measured.air if state.measured else {}
    for key, gauge in air.items():
        sensor = sensor_of(home, key)
        if sensor and measures_outside(sensor) and gauge.newest.value < 0 and believed(state, gauge, now):
            return True
    return False


def _concern(
    words: Words,
    room: str,
    since: datetime,
    open_for: timedelta,
    limit: timedelta,
    beside: tuple[Sentence | None, Sentence | None],
) -> Concern:
    length, bound, last = span(open_for), span(limit), words.on
    about = last.sensor_id if last else ""
    return Concern(
        kind=KIND,
        hazard=Hazard.DOOR,
        severity=Severity.NOTICE,
        since=since,
        about=about,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko=f"문이 {length.ko} 동안 열려 있음", en=f"door open for {length.en}"),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                beside[0],
                placed(room),
                beside[1],
            ),
            values={"open_seconds": open_for.total_seconds()},
            limit=limit.total_seconds(),
            readings=(last.reading_id,) if last else (),
            sensor_id=about or None,
            room=room or None,
        ),
    )
