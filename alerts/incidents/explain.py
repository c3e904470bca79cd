"""What explains the losses: the cause whose homes are most nearly the homes that fell silent together."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Final

from alerts.incidents.model import Cause, Loss, Shared

#: So many homes within so long have something in common.
FEWEST: Final = 5
WINDOW: Final = timedelta(minutes=5)
#: What part of all its homes a cause must have silenced. What is ours takes nearly all of them with it. A large
#: carrier always has some homes that fail by themselves: they are no outage of it.
LEAST_SHARE: Final = {Cause.BROKER: 0.9, Cause.BRIDGE: 0.9, Cause.CARRIER: 0.001, Cause.DISTRICT: 0.0}
_ORDER: Final = {cause: place for place, cause in enumerate(Cause)}

Run = tuple[Loss, ...]


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    shared: Shared
    losses: tuple[Loss, ...]
    likeness: float

    @property
    def place(self) -> tuple[float, int, str]:
        cause, key = self.shared
        return -self.likeness, _ORDER[cause], key


def explain(losses: Iterable[Loss], sizes: Mapping[Shared, int]) -> dict[Shared, tuple[Loss, ...]]:
    """Gather losses by their causes, the likeliest cause first; a home belongs to one, and the rest to none."""
    rest = sorted(losses, key=_in_order)
    found: dict[Shared, tuple[Loss, ...]] = {}
    while best := min(_candidates(rest, sizes), key=lambda candidate: candidate.place, default=None):
        found[best.shared] = best.losses
        explained = {loss.home_id for loss in best.losses}
        rest = [loss for loss in rest if loss.home_id not in explained]
    return found


def _candidates(losses: Sequence[Loss], sizes: Mapping[Shared, int]) -> Iterator[_Candidate]:
    times = [loss.since for loss in losses]
    of: defaultdict[Shared, list[Loss]] = defaultdict(list)
    for loss in losses:
        for shared in loss.place.shares:
            of[shared].append(loss)
    for shared, some in of.items():
        needed = max(FEWEST, ceil(sizes.get(shared, 0) * LEAST_SHARE[shared[0]]))
        if len(some) < needed:
            continue
        runs = [run for run in _runs(some) if _is_dense(run)]
        gathered = tuple(loss for run in runs for loss in run)
        homes = {loss.home_id for loss in gathered}
        if len(homes) < needed:
            continue
        beside = {loss.home_id for run in runs for loss in _between(losses, times, run)}
        # The likeness of two sets (Dice): 1 when just these homes fell silent, and nobody beside them.
        likeness = 2 * len(homes) / (len(beside) + max(sizes.get(shared, 0), len(homes)))
        yield _Candidate(shared=shared, losses=gathered, likeness=likeness)


def _runs(losses: Sequence[Loss]) -> Iterator[Run]:
    """Part losses where nothing happened for longer than the window."""
    first = 0
    for place, (one, following) in enumerate(pairwise(losses), start=1):
        if following.since - one.since > WINDOW:
            yield tuple(losses[first:place])
            first = place
    yield tuple(losses[first:])


def _is_dense(run: Run) -> bool:
    """Tell whether enough different homes fell silent within one window."""
    within: Counter[str] = Counter()
    first = 0
    for loss in run:
        within[loss.home_id] += 1
        while loss.since - run[first].since > WINDOW:
            within[run[first].home_id] -= 1
            first += 1
        within += Counter()
        if len(within) >= FEWEST:
            return True
    return False


def _between(losses: Sequence[Loss], times: Sequence[datetime], run: Run) -> Sequence[Loss]:
    return losses[bisect_left(times, run[0].since) : bisect_right(times, run[-1].since)]


def _in_order(loss: Loss) -> tuple[datetime, str]:
    return loss.since, loss.home_id
