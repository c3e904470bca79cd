"""The nightly fit: from a home's past silences to its limits by hour of the day, and how far they are stretched.

A kernel over the time of day and what came before weighs the past silences; the rare long ones give a tail; the limit
is the length that costs least when somebody lies helpless, for a given rate of false alerts. Where a home has shown
little, the population's curve stands in. Then the limits are stretched until the home's own past would have met its
target. The idea is KTC's (kernel tail, conformal calibration), with priors for a home that is hardly known.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from operator import itemgetter, mul
from typing import Final

from detectors.learned.digest import UP_UNIT
from detectors.learned.habits import CELLS, HOURS, SCORE_UNIT, Entry, Habits, entries, table_of, written
from detectors.learned.limits import ALARMS, CHECKS, UNIT, USUAL_LIMITS, USUAL_SCALES, stranger
from detectors.learned.slots import SLOTS_IN_DAY, SLOTS_IN_HOUR
from detectors.observed import SLOT

#: The kernel over the time of day, in hours.
_WIDTH: Final = 2.0
#: How much a silence counts for another state of the door, and for a last hour one or two kinds busier.
_OTHER_DOOR: Final = 0.05
_OTHER_ACT: Final = (1.0, 0.3, 0.04)
#: The tail is of so much weight of the longest silences, and never of more than half.
_TAIL_WEIGHT: Final = 8.0
#: Tails are alike everywhere: so much weight of a tail as a share of its threshold.
_TAIL_PRIOR: Final = 8.0
_TAIL_SHARE: Final = 0.35
_LEAST_TAIL: Final = 300.0
#: A false alert costs as much as so many hours in which somebody lies unheard.
_COST_HOURS: Final = 100.0
_SHORTEST, _LONGEST = 1800.0, 40 * 3600.0
#: The population's curve has so much weight.
_POPULATION: Final = 0.5
#: The stretch is taken from so many of the largest scores, with a tail that is believed so far beforehand.
_SCORES: Final = 10
_SCORE_TAIL: Final = 0.3
_SCORE_PRIOR: Final = 5.0
#: The first days teach scores of limits that were the population's; then so many days of a stranger are mixed in.
_FIRST_DAYS: Final = 5
_STRANGER_DAYS: Final = 25.0
_MONTH_DAYS: Final = 30.4375
#: Tomorrow is odder than yesterday: to meet a target, so many times fewer alerts are aimed at (measured).
_ODDER: Final = 3.0


def _kernel(hour: int, half_hour: int) -> float:
    apart = abs((hour + 0.5) - (half_hour + 0.5) / 2)
    return exp(-0.5 * (min(apart, HOURS - apart) / _WIDTH) ** 2)


_KERNEL: Final = tuple(tuple(_kernel(hour, half) for half in range(2 * HOURS)) for hour in range(HOURS))
_KERNEL_OF_HOURS: Final = tuple(
    tuple((kernel[2 * hour] + kernel[2 * hour + 1]) / 2 for hour in range(HOURS)) for kernel in _KERNEL
)
#: Cells from here on are those after the front door; so many bytes of a table come before them.
_BEHIND_DOOR: Final = CELLS // 2
_DOOR_BYTES: Final = 2 * HOURS * _BEHIND_DOOR
_ALIKE: Final = tuple(
    tuple(
        (1.0 if (one < CELLS // 2) == (other < CELLS // 2) else _OTHER_DOOR) * _OTHER_ACT[abs(one % 3 - other % 3)]
        for other in range(CELLS)
    )
    for one in range(CELLS)
)


@dataclass(frozen=True, kw_only=True)
class Targets:
    """How many alerts a month are wanted when nothing happens."""

    alarm: float = ALARMS
    check: float = CHECKS


def fit(habits: Habits, targets: Targets) -> None:
    """Fit the limits to the silences that a home has shown, and stretch them to its targets."""
    silences = entries(habits)
    limits, scales = _tables(habits, sorted(silences, key=itemgetter(1), reverse=True))
    habits.limits, habits.scales = written(limits), written(scales)
    first = habits.since + _FIRST_DAYS * SLOTS_IN_DAY
    scores = sorted((score / SCORE_UNIT for start, _, _, _, score in silences if start >= first), reverse=True)
    days = max(0.0, habits.days - _FIRST_DAYS)
    habits.alarm = _stretch(scores, days, targets.alarm)
    habits.check = _stretch(scores, days, targets.check)


def _stretch(scores: Sequence[float], days: float, target: float) -> float:
    """Tell the score that is exceeded as often as is wanted, going on beyond what was seen where it must."""
    if len(scores) < 3 or not days:
        return stranger(target)
    top = int(min(_SCORES, max(1, len(scores) / 3)))
    excess = sum(score - scores[top] for score in scores[:top])
    tail = (excess + _SCORE_TAIL * _SCORE_PRIOR) / (top + _SCORE_PRIOR)
    own = scores[top] + tail * log(top * _ODDER / (target * days / _MONTH_DAYS))
    return (days * own + _STRANGER_DAYS * stranger(target)) / (days + _STRANGER_DAYS)


def _tables(habits: Habits, longest: Sequence[Entry]) -> tuple[list[float], list[float]]:
    lengths = [length * SLOT.total_seconds() for _, length, _, _, _ in longest]
    cells = [cell for _, _, cell, _, _ in longest]
    halves = [half for _, _, _, half, _ in longest]
    alike = Counter(zip(cells, halves, strict=True))
    # A home whose door is not seen needs no limits for after it.
    seen = CELLS if max(cells, default=0) >= _BEHIND_DOOR or any(habits.up[_DOOR_BYTES:]) else _BEHIND_DOOR
    up = _smooth_up(habits, seen)
    limits, scales = list(USUAL_LIMITS), list(USUAL_SCALES)
    for hour in range(HOURS) if longest else ():
        kernel = _KERNEL[hour]
        near = [kernel[half] for half in halves]
        known = [0.0] * CELLS
        for (cell, half), times in alike.items():
            known[cell] += times * kernel[half]
        for cell in range(seen):
            place = cell * HOURS + hour
            _blend(limits, scales, place, _own(cell, near, known, lengths, cells, up[place], habits.days))
    return limits, scales


def _blend(limits: list[float], scales: list[float], place: int, own: tuple[float, float, float]) -> None:
    """Mix what the home has shown into the population's curve, by the weight of what it has shown."""
    limit, tail, weight = own
    share = weight / (weight + _POPULATION)
    limits[place] = exp(share * log(limit / UNIT) + (1 - share) * log(limits[place]))
    scales[place] = exp(share * log(sqrt(tail * limit) / UNIT) + (1 - share) * log(scales[place]))


def _own(
    cell: int,
    near: Sequence[float],
    known: Sequence[float],
    lengths: Sequence[float],
    cells: Sequence[int],
    up: float,
    days: float,
) -> tuple[float, float, float]:
    """Tell the limit that the home's own silences give, the width of their tail, and how much weight they have."""
    alike = _ALIKE[cell]
    all_weight = sum(alike[other] * known[other] for other in range(CELLS))
    wanted = min(_TAIL_WEIGHT, all_weight / 2)
    weight = weighed = threshold = 0.0
    for place, length in enumerate(lengths):
        one = alike[cells[place]] * near[place]
        weight += one
        weighed += one * length
        if weight >= wanted:
            threshold = length
            break
    beyond = weighed / weight - threshold
    tail = max(_LEAST_TAIL, (weight * beyond + _TAIL_PRIOR * _TAIL_SHARE * threshold) / (weight + _TAIL_PRIOR))
    rate = weight / max(1.0, days)
    gain = _COST_HOURS * rate / (tail / 3600 * max(up, 1e-9))
    limit = max(_SHORTEST, min(_LONGEST, threshold + tail * log(max(gain, 1e-9))))
    return limit, tail, all_weight


def _smooth_up(habits: Habits, seen: int) -> list[float]:
    """Tell the hours a day in which somebody is up after such a movement, in hours like this one."""
    unit = UP_UNIT * SLOTS_IN_HOUR * max(1.0, habits.days)
    written_up = table_of(habits.up)
    rows = [[value / unit for value in written_up[cell * HOURS : (cell + 1) * HOURS]] for cell in range(seen)]
    by_cell = [[sum(map(mul, kernel, row)) for kernel in _KERNEL_OF_HOURS] for row in rows]
    return [
        sum(_ALIKE[cell][other] * by_cell[other][hour] for other in range(seen))
        for cell in range(seen)
        for hour in range(HOURS)
    ]
