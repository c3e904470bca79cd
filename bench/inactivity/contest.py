"""The learned limits beside what others do, on the same homes by the same protocol: each row of the table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.inactivity.baselines import Fixed, cuddihy, wilhelm_wahl
from bench.inactivity.ours import Learned
from bench.inactivity.protocol import GRID, HORIZON, Detector, Judged, run
from bench.inactivity.recording import Recording

#: So many alarms a month are wanted when nothing happens: the operating points that are shown.
TARGETS: Final = (1.0, 0.5, 3.0, 30.0)
#: A home that was judged for so many months stands for itself; shorter ones are pooled.
_LONG_MONTHS: Final = 2.0
_HOURS: Final = (1, 2, 4, 8)
_STEP: Final = GRID / 3600


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one way of judging does: false alerts per home and month, and delays of found collapses in hours."""

    name: str
    home: float
    away: float
    long: float
    median: float
    p90: float
    mean: float
    #: Found within 1, 2, 4 and 8 hours.
    within: tuple[float, ...]
    missed: float


def ways(targets: Sequence[float] = TARGETS) -> dict[str, Callable[[], Detector]]:
    """Name all ways of judging that are compared."""
    learned = {f"learned, {target:g} a month": _learned(target) for target in targets}
    fixed = {f"fixed {hours} h": _fixed(hours) for hours in (8, 12, 24)}
    return {
        **learned,
        **fixed,
        "Cuddihy 2007": cuddihy,
        "Cuddihy 2007 x 0.7": lambda: cuddihy(0.7),
        "Wilhelm & Wahl 2024": wilhelm_wahl,
        "Wilhelm & Wahl x 4": lambda: wilhelm_wahl(4.0),
    }


def contest(
    recordings: Sequence[Recording], targets: Sequence[float], say: Callable[[str], None]
) -> tuple[list[Row], list[Judged]]:
    """Measure every way on every home; the second answer is each home by itself under the first way."""
    rows: list[Row] = []
    homes: list[Judged] = []
    for name, make in ways(targets).items():
        say(name)
        judged = [run(recording, make()) for recording in recordings]
        homes = homes or judged
        rows.append(summed_up(name, judged))
    return rows, homes


def summed_up(name: str, homes: Sequence[Judged]) -> Row:
    """Weigh long homes alike and all short ones together as one."""
    units = [[home] for home in homes if home.months >= _LONG_MONTHS]
    short = [home for home in homes if home.months < _LONG_MONTHS]
    units += [short] if short else []

    def mean(of: Callable[[list[Judged]], float]) -> float:
        return sum(of(unit) for unit in units) / len(units)

    def rate(count: Callable[[Judged], int]) -> float:
        return mean(lambda unit: sum(map(count, unit)) / sum(home.months for home in unit))

    def share(of: Callable[[float], float]) -> float:
        return mean(lambda unit: sum(sum(map(of, home.delays)) / len(home.delays) for home in unit) / len(unit))

    delays = sorted(
        (delay, 1 / len(unit) / len(home.delays)) for unit in units for home in unit for delay in home.delays
    )
    return Row(
        name=name,
        home=rate(lambda home: home.home),
        away=rate(lambda home: home.away),
        long=rate(lambda home: home.long),
        median=_reached(delays, 0.5 * len(units)),
        p90=_reached(delays, 0.9 * len(units)),
        mean=share(lambda delay: delay),
        within=tuple(share(_found_within(hours)) for hours in _HOURS),
        missed=share(lambda delay: float(delay >= HORIZON / 3600)),
    )


def _reached(delays: Sequence[tuple[float, float]], weight: float) -> float:
    gathered = 0.0
    for delay, one in delays:
        gathered += one
        if gathered >= weight:
            return delay
    return delays[-1][0]


def _found_within(hours: int) -> Callable[[float], float]:
    return lambda delay: float(delay <= hours + _STEP)


def _learned(target: float) -> Callable[[], Detector]:
    return lambda: Learned(target)


def _fixed(hours: int) -> Callable[[], Detector]:
    return lambda: Fixed(hours)
