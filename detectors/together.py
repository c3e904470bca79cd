"""Signals together: what movement says of a cry, a fall or a fire, in words; no severity falls by them."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Hazard, Sentence, WatchedHome
from detectors.observed import observed_between
from detectors.rooms import INSIDE
from detectors.state import HomeState
from detectors.whereabouts import probability_home, sees
from detectors.wording import span

#: A radar or a wearable sees the fall itself move for so long.
_FALLING: Final = timedelta(minutes=1)
#: Silence that is shorter says nothing.
_SILENCE: Final = timedelta(minutes=2)
#: Movement that is older does not say where somebody is now.
_LATELY: Final = timedelta(minutes=10)
#: With so little hope somebody is inside, the home is probably empty.
_EMPTY: Final = 0.2
_HARMFUL: Final = frozenset({Hazard.FIRE, Hazard.GAS, Hazard.CARBON_MONOXIDE})
_WALKS: Final = Sentence(
    ko="낙상 뒤 움직임 있음: 일어났을 수 있음, 확인 필요", en="moved after the fall: may be up, ask"
)
_MOVED: Final = Sentence(ko="누른 뒤 움직임 있음", en="moved after the press")


def after_fall(state: HomeState, home: WatchedHome, since: datetime, now: datetime) -> Sentence | None:
    """Say whether anybody moved after a fall: movement proposes, only a person decides that all is well."""
    if state.ways is not None and state.ways.inside_live and state.ways.inside_live > since + _FALLING:
        return _WALKS
    return _silence(state, home, since, now, ko="낙상 뒤", en="after the fall")


def after_press(state: HomeState, home: WatchedHome, since: datetime, now: datetime) -> Sentence | None:
    """Say whether anybody moved after a press; silence after it is the worse sign."""
    if state.ways is not None and state.ways.inside_live and state.ways.inside_live > since:
        return _MOVED
    return _silence(state, home, since, now, ko="누른 뒤", en="after the press")


def people_inside(state: HomeState, home: WatchedHome, hazard: Hazard) -> Sentence | None:
    """Say of fire, gas and carbon monoxide whether somebody is inside, where that can be known."""
    now, ways = state.watermark, state.ways
    if hazard not in _HARMFUL or now is None or ways is None or not sees(state, home, now, INSIDE):
        return None
    if ways.inside_at is not None and now - ways.inside_at <= _LATELY:
        ago = span(max(now - ways.inside_at, timedelta(0)))
        return Sentence(ko=f"집 안에 사람 있음: {ago.ko} 전 움직임", en=f"somebody is inside: moved {ago.en} ago")
    probability = probability_home(state, home, now)
    if probability < _EMPTY:
        percent = round(100 * probability)
        return Sentence(
            ko=f"외출 중으로 보임 (집에 있을 확률 {percent} %)", en=f"seems to be out ({percent} % at home)"
        )
    return Sentence(ko="집 안에 사람이 있을 수 있음", en="somebody may be inside")


def _silence(
    state: HomeState, home: WatchedHome, since: datetime, now: datetime, *, ko: str, en: str
) -> Sentence | None:
    still_for = observed_between(state.slots, since, now)
    if state.ways is None or still_for < _SILENCE or not sees(state, home, now, INSIDE):
        return None
    length = span(still_for)
    return Sentence(ko=f"{ko} {length.ko} 동안 움직임 없음", en=f"no movement for {length.en} {en}")
