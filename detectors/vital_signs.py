"""Heart or breath outside the resident's own band for a while, and nobody moved: a radar's word alone is noisy.

The band is learned from the hours of the last week, and widened; until there are enough of them it is a fixed one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import VitalSigns
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, Unit
from detectors.measured import MINUTE_SECONDS, Gauge
from detectors.measuring import since_step, standing_told, word_of
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.tracks import standing
from detectors.wording import delayed, joined, placed, room_of, span

KIND: Final = "vital_signs"
WAKES_ON: Final[frozenset[type]] = frozenset({VitalSigns})
#: So many minutes without a word end what held: a radar tells every few seconds or minutes.
PAUSE_MINUTES: Final = 5
_STILL: Final = Sentence(ko="그동안 움직임 없음", en="nobody moved")
#: The resident's own band is so much wider than what is usual.
_WIDER: Final = 0.15
#: What moves by itself is no sign that the resident moved: a radar that sees somebody breathe, a bed that is taken.
_STILL_KINDS: Final = frozenset({"vital_signs", "presence", "occupancy"})


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One of the two rates: its words, the band of whoever is not known yet, and what no band goes beyond."""

    name: str
    words: Sentence
    unknown: tuple[int, int]
    utmost: tuple[int, int]


#: Ours: bounds of the early warning scores of hospitals (NEWS2's lowest and highest marks), a little wider.
HEART: Final = Rate(name="heart", words=Sentence(ko="심박", en="heart"), unknown=(40, 130), utmost=(30, 150))
BREATH: Final = Rate(name="breath", words=Sentence(ko="호흡", en="breath"), unknown=(8, 30), utmost=(5, 40))


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a heart or a breath that is outside its band for too long while nobody moves."""
    if state.measured is None or not (state.measured.heart or state.measured.breath):
        return ()
    return tuple(_concerns(state, home, now))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while a rate is outside its band."""
    return ALWAYS if any(_side(gauge.newest.value, band_of(gauge, rate)) for rate, _, gauge in _rates(state)) else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of heart and breath what they are beside their band."""
    del home, now
    looks: list[Look] = []
    for rate, key, gauge in _rates(state):
        low, high = band_of(gauge, rate)
        what = Sentence(
            ko=f"{rate.words.ko} 분당 · 범위 {low}~{high}", en=f"{rate.words.en} a minute · band {low} to {high}"
        )
        value = gauge.newest.value
        near_low = value - low < high - value
        limit = float(low if near_low else high)
        looks.append(Look(what=what, value=value, limit=limit, unit=Unit.TIMES, falling=near_low, about=key))
    return tuple(looks)


def band_of(gauge: Gauge, rate: Rate) -> tuple[int, int]:
    """Tell the band of a resident: their own when it is known well enough."""
    if gauge.usual is None:
        return rate.unknown
    low, high = gauge.usual
    return max(round(low * (1 - _WIDER)), rate.utmost[0]), min(round(high * (1 + _WIDER)), rate.utmost[1])


def _side(value: float, band: tuple[int, int]) -> int:
    return (value > band[1]) - (value < band[0])


def _beyond(side: int, band: tuple[int, int]) -> Callable[[int], bool]:
    return lambda level: _side(level, band) == side


def _rates(state: HomeState) -> Iterator[tuple[Rate, str, Gauge]]:
    if state.measured is None:
        return
    for rate, gauges in ((HEART, state.measured.heart), (BREATH, state.measured.breath)):
        for key, gauge in gauges.items():
            yield rate, key, gauge


def _concerns(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    limit = timedelta(seconds=home.plan.vital_signs_seconds)
    for rate, key, gauge in _rates(state):
        told = standing_told(state, KIND, f"{key}/{rate.name}")
        word, band, track = word_of(gauge, told), band_of(gauge, rate), gauge.steps
        side = _side(word.value, band)
        if not side or track is None or observed_between(state.slots, word.at, now) > timedelta(minutes=PAUSE_MINUTES):
            continue
        age = standing(track.low if side > 0 else track.high, _beyond(side, band), PAUSE_MINUTES)
        since = told.finding.since if told else None
        if since is None and age is not None:
            since = since_step(track, age, state.first_at, MINUTE_SECONDS)
        moved = moved_at(state, home)
        if since is None or (moved and moved > since):
            continue
        lasting = observed_between(state.slots, since, word.at)
        if told or lasting >= limit:
            yield _concern(home, rate, gauge, band, (f"{key}/{rate.name}", since, word.late), (lasting, limit))


def moved_at(state: HomeState, home: WatchedHome) -> datetime | None:
    """Tell when somebody moved, by anything but what sees a body at rest."""
    still = {sensor.sensor_id for sensor in home.sensors if sensor.kind in _STILL_KINDS}
    return max((at for key, at in state.sensor_active.items() if key not in still), default=None)


def _concern(
    home: WatchedHome,
    rate: Rate,
    gauge: Gauge,
    band: tuple[int, int],
    place: tuple[str, datetime, bool],
    lengths: tuple[timedelta, timedelta],
) -> Concern:
    (about, since, late), (lasting, limit) = place, lengths
    word = gauge.newest if late or gauge.live is None else gauge.live
    length, bound, room = span(lasting), span(limit), room_of(home, word.sensor_id)
    low, high = band
    outside = Sentence(
        ko=f"{rate.words.ko} 분당 {word.value:.0f}회 · 범위 {low}~{high} 벗어남 {length.ko}",
        en=f"{rate.words.en} {word.value:.0f} a minute · outside {low} to {high} for {length.en}",
    )
    within = Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}")
    return Concern(
        kind=KIND,
        hazard=Hazard.VITAL_SIGNS,
        severity=Severity.CAUTION,
        since=since,
        about=about,
        late=late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(outside, _STILL, within, placed(room), delayed(word.age)),
            values={
                f"{rate.name}_per_minute": word.value,
                "lowest_per_minute": float(low),
                "highest_per_minute": float(high),
                "lasting_seconds": lasting.total_seconds(),
            },
            limit=limit.total_seconds(),
            baseline=Sentence(ko=f"범위 분당 {low}~{high}회", en=f"band {low} to {high} a minute"),
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
            room=room or None,
        ),
    )
