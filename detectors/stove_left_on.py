"""A stove is on and nobody was noticed since; or it is on for longer than anybody cooks.

Which power sensors are stoves, the home's plan says (`stoves`): a rice cooker keeps warm all day, and a kitchen's plug
may feed a fridge. No hold rests it: a stove left on in an empty home is what it is for.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Power
from detectors.appliances import notices_people, on_since, stove_level
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, Why, seconds
from detectors.measured import Gauge, Sample, watt_level
from detectors.measuring import last_noticed, standing_told, word_of
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.whereabouts import expected_inside
from detectors.wording import delayed, joined, placed, room_of, span

KIND: Final = "stove_left_on"
WAKES_ON: Final[frozenset[type]] = frozenset({Power})


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every stove that is on too long with nobody near."""
    if state.measured is None or not state.measured.power or not home.plan.stoves:
        return ()
    return tuple(_concerns(state, home, now, state.measured.power))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while a stove is on."""
    power = state.measured.power if state.measured else {}
    stoves = (gauge for gauge in power.values() if gauge.newest.sensor_id in home.plan.stoves)
    return ALWAYS if any(watt_level(gauge.newest.value) > stove_level(gauge) for gauge in stoves) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every stove for how long it is on with nobody noticed."""
    power = state.measured.power if state.measured else {}
    limit = timedelta(seconds=home.plan.stove_on_seconds)
    what = Sentence(ko="조리기구 켜진 채 인기척 없음", en="stove on and nobody noticed")
    if not home.plan.stoves:
        return (Look(what=what, why=Why.NO_SENSOR),)
    return tuple(
        seconds(what, _unseen(state, home, gauge, now), limit, about=key)
        for key, gauge in power.items()
        if gauge.newest.sensor_id in home.plan.stoves
    )


def _unseen(state: HomeState, home: WatchedHome, gauge: Gauge, now: datetime) -> timedelta:
    since = on_since(state, gauge, stove_level(gauge), None, now)
    if since is None:
        return timedelta(0)
    sign = last_noticed(state) if notices_people(home) else None
    return observed_between(state.slots, max(since, sign) if sign else since, now)


def _concerns(state: HomeState, home: WatchedHome, now: datetime, power: dict[str, Gauge]) -> Iterator[Concern]:
    longest = timedelta(seconds=home.plan.stove_on_longest_seconds)
    alone = timedelta(seconds=home.plan.stove_on_seconds)
    for key, gauge in power.items():
        if gauge.newest.sensor_id not in home.plan.stoves:
            continue
        told = standing_told(state, KIND, key)
        since = on_since(state, gauge, stove_level(gauge), told, now)
        if since is None:
            continue
        sign = last_noticed(state, told) if notices_people(home) else None
        unseen_from = max(since, sign) if sign else since
        on_for, unseen_for = observed_between(state.slots, since, now), observed_between(state.slots, unseen_from, now)
        if notices_people(home) and unseen_for >= alone:
            severity = Severity.URGENT if unseen_for >= longest else Severity.CAUTION
            limit = longest if severity is Severity.URGENT else alone
        elif on_for >= longest:
            severity, limit = Severity.CAUTION, longest
        else:
            continue
        word, began = word_of(gauge, told), told.finding.since if told else since
        inside = expected_inside(state, home, now).sentence
        yield _concern(home, word, key, began, (on_for, unseen_for, limit), severity, inside)


def _concern(
    home: WatchedHome,
    word: Sample,
    key: str,
    since: datetime,
    lengths: tuple[timedelta, timedelta, timedelta],
    severity: Severity,
    inside: Sentence | None,
) -> Concern:
    room, (on_for, unseen_for, limit) = room_of(home, word.sensor_id), lengths
    length, unseen, bound = span(on_for), span(unseen_for), span(limit)
    on = Sentence(
        ko=f"조리기구 {word.value:.0f} W, {length.ko} 켜짐", en=f"stove at {word.value:.0f} W for {length.en}"
    )
    alone = Sentence(ko=f"{unseen.ko} 동안 인기척 없음", en=f"nobody noticed for {unseen.en}")
    within = Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}")
    return Concern(
        kind=KIND,
        hazard=Hazard.APPLIANCE,
        severity=severity,
        since=since,
        about=key,
        late=word.late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(on, alone, within, placed(room), inside, delayed(word.age)),
            values={
                "watts": word.value,
                "on_seconds": on_for.total_seconds(),
                "unseen_seconds": unseen_for.total_seconds(),
            },
            limit=limit.total_seconds(),
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
            room=room or None,
        ),
    )
