"""What detectors look at, for those that do not tell it themselves: figures of the state beside the plan's limits."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from contracts import Sentence, WatchedHome
from detectors import battery_low, gateway_silent, inactivity, not_protected, sensor_silent
from detectors.home_notes import BATTERY_LOW_PERCENT
from detectors.inactivity import ACTIVITY_KINDS
from detectors.looking import Look, Unit, Why, seconds
from detectors.observed import observed_between
from detectors.sensor_silent import last_heard, silent_limit
from detectors.state import HomeState

_STILL: Final = Sentence(ko="움직임 없음 (관찰된 시간)", en="no movement (observed time)")
_UNHEARD: Final = Sentence(ko="게이트웨이 무응답", en="gateway not heard")
_SILENT: Final = Sentence(ko="센서 무응답", en="sensor not heard")
_CHARGE: Final = Sentence(ko="배터리 잔량", en="battery left")

Looks = Callable[[HomeState, WatchedHome, datetime], Iterator[Look]]


def looks_of(kind: str, state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Look with a detector's eyes, when we know them."""
    return tuple(_LOOKS[kind](state, home, now)) if kind in _LOOKS else ()


def _still(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Look]:
    # The limit is not here: it is learned, and the forecast tells the one in force.
    if not any(sensor.kind in ACTIVITY_KINDS for sensor in home.sensors):
        yield Look(what=_STILL, why=Why.NO_SENSOR)
        return
    since = state.active.at if state.active else state.first_at
    if since is None:
        yield Look(what=_STILL, why=Why.NEVER_HEARD)
        return
    still_for = observed_between(state.slots, since, now).total_seconds()
    yield Look(what=_STILL, value=still_for, about=state.active.sensor_id if state.active else "")


def _unheard(limit_of: Callable[[WatchedHome], int]) -> Looks:
    def look(state: HomeState, home: WatchedHome, _now: datetime) -> Iterator[Look]:
        limit = timedelta(seconds=limit_of(home))
        yield seconds(_UNHEARD, state.unheard_for, limit)

    return look


def _silent(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Look]:
    for sensor in home.sensors:
        limit, since = silent_limit(sensor, home.plan), last_heard(state, sensor)
        if limit is None:
            yield Look(what=_SILENT, about=sensor.sensor_id, why=Why.SWITCHED_OFF)
        elif since is None:
            yield seconds(_SILENT, None, limit, about=sensor.sensor_id, why=Why.NEVER_HEARD)
        else:
            silent_for = observed_between(state.slots, since, now)
            yield seconds(_SILENT, silent_for, limit, about=sensor.sensor_id)


def _charges(state: HomeState, home: WatchedHome, _now: datetime) -> Iterator[Look]:
    for sensor in home.sensors:
        charge = state.charges.get(sensor.sensor_id)
        if charge is not None and charge.percent >= 0:
            yield Look(
                what=_CHARGE,
                value=charge.percent,
                limit=BATTERY_LOW_PERCENT,
                unit=Unit.PERCENT,
                falling=True,
                about=sensor.sensor_id,
            )
    if not state.charges:
        yield Look(what=_CHARGE, why=Why.NEVER_HEARD)


_LOOKS: Final[Mapping[str, Looks]] = {
    inactivity.KIND: _still,
    gateway_silent.KIND: _unheard(lambda home: home.plan.gateway_silent_seconds),
    not_protected.KIND: _unheard(lambda home: home.plan.not_protected_after_seconds),
    sensor_silent.KIND: _silent,
    battery_low.KIND: _charges,
}
