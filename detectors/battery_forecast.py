"""A battery that will be empty within weeks, by its own fall over at least a week."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations, pairwise
from statistics import median
from typing import Final

from contracts import Hazard, Sentence, WatchedHome
from contracts.values import Battery
from detectors.concern import Concern
from detectors.devices import BATTERY_SPAN, LEAST_FALL, Ring, best_of
from detectors.devices_told import ailing, already_told
from detectors.looking import Look, Why
from detectors.state import HomeState

KIND: Final = "battery_forecast"
#: Told once, it is over when the battery will last so many times longer than the limit.
ENDS_AT: Final = 1.5
#: A battery that rises by more was changed: what was before says nothing any more.
_CHANGED: Final = 5
#: The first and the last of four spans lie at least a week apart, wherever in them it was heard.
_LEAST_SPANS: Final = 3
#: One step is no fall: a cold room, another firmware's scale.
_LARGEST_STEP: Final = 0.67
_DAY_SECONDS: Final = 86_400
WAKES_ON: Final[tuple[type, ...]] = (Battery,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every battery whose fall leads to nothing before the limit; one that is low already is told as that."""
    if not state.doubtful:
        return ()
    return tuple(_concerns(state, home, now))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every battery how long it will last; one that does not fall steadily has no forecast."""
    del now
    what = Sentence(ko="배터리 남은 시간 (예측)", en="battery will last (forecast)")
    limit = float(home.plan.battery_left_seconds)
    looks: list[Look] = []
    for sensor_id, device in state.devices.items():
        forecast = days_left(device.battery) if device.battery else None
        if device.battery and forecast is None:
            looks.append(Look(what=what, about=sensor_id, limit=limit, falling=True, why=Why.LEARNING))
        elif forecast:
            left = forecast[0] * _DAY_SECONDS
            looks.append(Look(what=what, value=left, limit=limit, falling=True, about=sensor_id))
    return tuple(looks)


def days_left(battery: Ring) -> tuple[float, float] | None:
    """Forecast from the median fall between any two spans: days left, and percent a day; None: no steady fall."""
    levels = _since_changed(best_of(battery))
    if len(levels) < 3 or levels[-1][0] - levels[0][0] < _LEAST_SPANS:
        return None
    fall = levels[-1][1] - levels[0][1]
    steps = [older[1] - newer[1] for newer, older in pairwise(levels)]
    if fall < LEAST_FALL or max(steps) > fall * _LARGEST_STEP:
        return None
    slopes = [(older[1] - newer[1]) / (older[0] - newer[0]) for newer, older in combinations(levels, 2)]
    a_day = median(slopes) / BATTERY_SPAN.days
    return (levels[0][1] / a_day, a_day) if a_day > 0 else None


def _since_changed(levels: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for place, (newer, older) in enumerate(pairwise(levels), start=1):
        if newer[1] - older[1] > _CHANGED:
            return levels[:place]
    return levels


def _concerns(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    limit = home.plan.battery_left_seconds / _DAY_SECONDS
    for sensor_id in sorted(state.doubtful):
        charge = state.charges.get(sensor_id)
        forecast = days_left(state.devices[sensor_id].battery)
        if forecast is None or (charge is not None and charge.low):
            continue
        days, a_day = forecast
        if days <= limit * (ENDS_AT if already_told(state, KIND, sensor_id) else 1):
            yield _concern(state, home, sensor_id, days, a_day, limit, now)


def _concern(
    state: HomeState, home: WatchedHome, sensor_id: str, days: float, a_day: float, limit: float, now: datetime
) -> Concern:
    return ailing(
        state,
        home,
        kind=KIND,
        hazard=Hazard.POWER,
        about=sensor_id,
        sentence=Sentence(ko=f"배터리 약 {days:.0f}일 남음", en=f"battery: about {days:.0f} days left"),
        values={"days_left": round(days, 1), "percent_a_day": round(a_day, 3)},
        limit=limit,
        now=now,
    )
