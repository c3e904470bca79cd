"""A television or a lamp is on for hours and nobody was noticed: whoever switched it on may not be able to get up.

How long is too long, the device's own week says: a television that plays through the night is left alone. So is one
that was left on by somebody who went out: how long they stay away is another detector's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Power
from detectors.appliances import notices_people, on_level, on_since
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, seconds
from detectors.measured import HOUR_SECONDS, Gauge, watt_level
from detectors.measuring import last_sign, standing_told, word_of
from detectors.observed import observed_between
from detectors.state import HomeState, Told
from detectors.tracks import longest
from detectors.whereabouts import expected_inside
from detectors.wording import delayed, joined, placed, room_of, span

KIND: Final = "appliance_left_on"
WAKES_ON: Final[frozenset[type]] = frozenset({Power})
#: An hour more than the longest of its own week.
_MARGIN_HOURS: Final = 1
_NIGHT_HOURS: Final = 9
#: It is remembered for twelve hours: a plan cannot ask for more, and a device that plays longer is not judged.
LONGEST: Final = timedelta(hours=11)


@dataclass(frozen=True, kw_only=True)
class _Alone:
    """For how long a device is on with nobody noticed, beside its limit, and what a home that may be empty asks for."""

    since: datetime
    alone: timedelta
    limit: timedelta
    asks: timedelta
    usual: int


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every device that is on while nobody was noticed, for longer than its own week knows."""
    if state.measured is None or not state.measured.power:
        return ()
    least = timedelta(seconds=home.plan.appliance_on_seconds)
    # Quick, for the many homes where somebody is up.
    if state.active and now - state.active.at < least and not _any_told(state):
        return ()
    return tuple(_concerns(state, home, now, state.measured.power)) if notices_people(home) else ()


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: when nobody can have been noticed for long enough, while something is on."""
    power = state.measured.power.values() if state.measured else ()
    if not any(watt_level(gauge.newest.value) > on_level(gauge) for gauge in power):
        return NEVER
    return state.active.at + timedelta(seconds=home.plan.appliance_on_seconds) if state.active else ALWAYS


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every device for how long it is on with nobody noticed."""
    what = Sentence(ko="켜진 채 인기척 없음", en="on and nobody noticed")
    looks: list[Look] = []
    for key, gauge in (state.measured.power if state.measured else {}).items():
        if gauge.newest.sensor_id in home.plan.stoves:
            continue
        found = _alone(state, home, key, gauge, now)
        least = timedelta(seconds=home.plan.appliance_on_seconds)
        looks.append(seconds(what, found.alone if found else timedelta(0), found.asks if found else least, about=key))
    return tuple(looks)


def _any_told(state: HomeState) -> bool:
    return any(key.startswith(f"{KIND}/") for key in state.told)


def usual_hours(gauge: Gauge, over: int, now_hours: int) -> int:
    """Tell the most hours in a row in which a device is on throughout, by its last week but the hours of now."""
    if not gauge.hours:
        return 0
    first, second = longest(gauge.hours.low[now_hours:], lambda level: level > over)
    # Longer than a night is how somebody lives when it was so twice; once may have been what must be told again.
    return min(first, max(second, _NIGHT_HOURS))


def _concerns(state: HomeState, home: WatchedHome, now: datetime, power: dict[str, Gauge]) -> Iterator[Concern]:
    for key, gauge in power.items():
        if gauge.newest.sensor_id in home.plan.stoves:
            continue
        told = standing_told(state, KIND, key)
        found = _alone(state, home, key, gauge, now)
        if found and found.alone >= found.asks:
            inside = expected_inside(state, home, now).sentence
            yield _concern(home, gauge, told, (key, found.since), (found.alone, found.limit), found.usual, inside)


def _alone(state: HomeState, home: WatchedHome, key: str, gauge: Gauge, now: datetime) -> _Alone | None:
    """Measure how long a device is on with nobody noticed; None: it is off."""
    told, over = standing_told(state, KIND, key), on_level(gauge)
    since = on_since(state, gauge, over, told, now)
    if since is None:
        return None
    sign = last_sign(state, home, now, told)
    counted_from = max(since, sign) if sign else since
    usual = usual_hours(gauge, over, (now - since) // timedelta(seconds=HOUR_SECONDS) + 1)
    own = timedelta(hours=usual + _MARGIN_HOURS if usual else 0)
    limit = max(min(timedelta(seconds=home.plan.appliance_on_seconds), LONGEST), own)
    certain = told or _switched_inside(state, since, now)
    return _Alone(
        since=counted_from,
        alone=observed_between(state.slots, counted_from, now),
        limit=limit,
        asks=limit if certain else limit * expected_inside(state, home, now).patience,
        usual=usual,
    )


def _switched_inside(state: HomeState, since: datetime, now: datetime) -> bool:
    """Tell whether it was switched on after the last door: whoever did it is inside, whatever the door sounds like."""
    door = state.ways.door_at if state.ways else None
    # Nobody remembers when it was switched on longer ago.
    return door is not None and since >= door and now - since < LONGEST


def _concern(
    home: WatchedHome,
    gauge: Gauge,
    told: Told | None,
    place: tuple[str, datetime],
    lengths: tuple[timedelta, timedelta],
    usual: int,
    inside: Sentence | None,
) -> Concern:
    word, (key, since), (alone, limit) = word_of(gauge, told), place, lengths
    length, bound, room = span(alone), span(limit), room_of(home, word.sensor_id)
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=Severity.CAUTION,
        since=told.finding.since if told else since,
        about=key,
        late=word.late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(
                    ko=f"{word.value:.0f} W 켜진 채 {length.ko} 동안 인기척 없음",
                    en=f"on at {word.value:.0f} W, nobody noticed for {length.en}",
                ),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                placed(room),
                inside,
                delayed(word.age),
            ),
            values={"watts": word.value, "on_alone_seconds": alone.total_seconds()},
            limit=limit.total_seconds(),
            baseline=Sentence(ko=f"지난 7일 최장 {usual}시간 켜짐", en=f"on for {usual} h at most in the last 7 days"),
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
            room=room or None,
        ),
    )
