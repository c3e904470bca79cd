"""The limits in force: after which silence somebody is asked, and after which it is an alarm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import floor, log, sqrt
from typing import Final

from detectors.learned.habits import CELLS, HOURS, Habits, table_of
from detectors.learned.population import TAIL, USUAL

#: No limit is shorter, or longer than from an evening to the next noon, whatever a home has taught.
FLOOR: Final = timedelta(minutes=30)
CAP: Final = timedelta(hours=18)
#: In tables, a unit of 10 s.
UNIT: Final = 10
#: So many alarms and soft checks a month are wanted when nothing happens, unless a home's plan says otherwise.
ALARMS: Final = 1.0
CHECKS: Final = 30.0
#: An unknown home's limits are stretched by so many scales, less where more alerts are wanted.
_STRANGER: Final = 0.65
_STRANGER_STEP: Final = 0.15
USUAL_LIMITS: Final = tuple(hours * 3600 / UNIT for hours in USUAL)
USUAL_SCALES: Final = tuple(limit * sqrt(TAIL) for limit in USUAL_LIMITS)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a silence may last."""

    check: timedelta
    alarm: timedelta


def limits_at(habits: Habits | None, cell: int, hour: float) -> Limits:
    """Tell the limits of a silence that begins at an hour of the local day."""
    limit, scale = base_at(habits, cell, hour)
    alarm = _bounded(limit + _stretch_of(habits, check=False) * scale)
    check = _bounded(limit + _stretch_of(habits, check=True) * scale)
    return Limits(check=min(alarm, check), alarm=alarm)


def stranger(target: float) -> float:
    """Tell how far the limits of a home that is not known yet are stretched for so many alerts a month."""
    return _STRANGER - _STRANGER_STEP * log(target)


def least_by_hour(habits: Habits | None, *, check: bool) -> list[float]:
    """Tell the shortest limit of each hour in seconds, whatever comes before: no silence of then is told sooner."""
    known = habits if habits is not None and habits.limits else None
    limits = table_of(known.limits) if known else USUAL_LIMITS
    scales = table_of(known.scales) if known else USUAL_SCALES
    stretch = _stretch_of(habits, check=check)
    rows = range(0, CELLS * HOURS, HOURS)
    return [
        _bounded(UNIT * min(limits[row + hour] + stretch * scales[row + hour] for row in rows)).total_seconds()
        for hour in range(HOURS)
    ]


def base_at(habits: Habits | None, cell: int, hour: float) -> tuple[float, float]:
    """Tell the fitted limit and its scale in seconds, before it is stretched."""
    if habits is None or not habits.limits:
        return UNIT * _between(USUAL_LIMITS, cell, hour), UNIT * _between(USUAL_SCALES, cell, hour)
    return (
        UNIT * _between(table_of(habits.limits), cell, hour),
        UNIT * _between(table_of(habits.scales), cell, hour),
    )


def _stretch_of(habits: Habits | None, *, check: bool) -> float:
    if check:
        return stranger(CHECKS) if habits is None or habits.check is None else habits.check
    return stranger(ALARMS) if habits is None or habits.alarm is None else habits.alarm


def _between(table: Sequence[float], cell: int, hour: float) -> float:
    """Read a table between the middles of two hours."""
    place = floor(hour - 0.5)
    share = hour - 0.5 - place
    row = cell * HOURS
    return table[row + place % HOURS] * (1 - share) + table[row + (place + 1) % HOURS] * share


def _bounded(seconds: float) -> timedelta:
    return max(FLOOR, min(CAP, timedelta(seconds=seconds)))
