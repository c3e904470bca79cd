"""Two plans beside each other on the same days: what each would have found, and how soon it finds somebody who fell."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from contracts import Finding, Hazard, HomeId, Phase, Reading, ReadingBatch, Severity, WatchedHome, WatchPlan
from contracts.values import (
    Contact,
    Fall,
    HelpButton,
    Medication,
    Motion,
    Occupancy,
    Presence,
    Stillness,
    Voice,
    WaterFlow,
)
from detectors.checkpoints import decode_chunk, encode_chunk
from detectors.chunk import Chunk, apply
from detectors.gate import Gates
from detectors.replay.flow import Deaf, batches_of

MONTH: Final = timedelta(days=30.4375)
#: After a collapse it is looked for so long.
LOOKED_FOR: Final = timedelta(hours=48)
#: Somebody is at home and moves when there is a movement so shortly before and after.
NEAR: Final = timedelta(minutes=10)
#: Of the first days a home is only learned.
WARM_UP: Final = timedelta(days=14)
#: A share of a short recording is enough.
_WARM_SHARE: Final = 0.25
#: What a person makes; after a collapse nothing of it comes any more.
OF_PERSONS: Final = (
    Motion,
    Contact,
    Occupancy,
    Presence,
    Medication,
    Voice,
    HelpButton,
    Fall,
    WaterFlow,
    Stillness,
)
#: What can find a person who lies still.
FINDS: Final = frozenset({Hazard.STILLNESS})


@dataclass(kw_only=True)
class Tally:
    """What one plan found. Mutable: one backtest owns it."""

    plan: str
    home_time: timedelta = timedelta(0)
    began: Counter[str] = field(default_factory=Counter)
    #: Stillness that was told and was none: somebody moved again. On days as they were, nobody had collapsed.
    false: int = 0
    #: How soon each collapse was found; None: not within two days.
    delays: list[timedelta | None] = field(default_factory=list)

    @property
    def months(self) -> float:
        """Tell how many home-months were lived."""
        return self.home_time / MONTH

    def rate(self, times: int) -> float:
        """Tell how often it is in a home and month."""
        return times / self.months if self.months else 0.0

    def within(self, hours: float) -> float:
        """Tell which share of the collapses was found in so many hours."""
        limit = timedelta(hours=hours)
        return sum(each is not None and each <= limit for each in self.delays) / max(1, len(self.delays))

    def quantile(self, share: float) -> timedelta | None:
        """Tell a quantile of the delays; a collapse that was missed counts as the longest."""
        if not self.delays:
            return None
        ordered = sorted(LOOKED_FOR if each is None else each for each in self.delays)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What is asked of each plan."""

    collapses: int = 20
    seed: int = 1
    #: Less severe words do not count as found, nor as false.
    least: Severity = Severity.CAUTION


def lived(
    tally: Tally, home: WatchedHome, readings: Sequence[Reading], plan: WatchPlan, trial: Trial, deaf: Deaf = ()
) -> None:
    """Live one home's days under a plan, with its collapses beside them."""
    if not readings:
        return
    watched = replace(home, plan=plan)
    judged_from = warm_until(readings)
    tally.home_time += readings[-1].received_at - judged_from
    moments = collapses_of(readings, trial)
    chunk, gates = Chunk(), Gates()
    place = 0
    for batch in batches_of(readings, [watched], deaf=deaf):
        for finding in apply(chunk, batch, chunk.offset + 1, gates):
            _count(tally, finding, trial, judged_from)
        place += len(batch.readings)
        while moments and batch.readings and moments[0] <= batch.batched_at:
            at = moments.pop(0)
            tally.delays.append(_collapsed(chunk, readings[place:], at, trial))


def warm_until(readings: Sequence[Reading]) -> datetime:
    """Tell from when on findings count: a home must be known before it can be judged."""
    first, last = readings[0].received_at, readings[-1].received_at
    return first + min(WARM_UP, (last - first) * _WARM_SHARE)


def collapses_of(readings: Sequence[Reading], trial: Trial) -> list[datetime]:
    """Choose moments at which somebody was at home and moved; the same for the same seed, whatever the plan."""
    since = warm_until(readings)
    moved = [each.observed_at for each in readings if is_of_person(each) and each.observed_at >= since]
    lively = [before for before, after in pairwise(sorted(moved)) if after - before < NEAR]
    if not lively:
        return []
    home = readings[0].home_id
    return sorted(lively[_roll(trial.seed, home, number) % len(lively)] for number in range(trial.collapses))


def is_of_person(reading: Reading) -> bool:
    """Tell whether a person made this reading."""
    return isinstance(reading.value, OF_PERSONS)


def _roll(seed: int, home: HomeId, number: int) -> int:
    return int.from_bytes(blake2b(f"{seed}:{home}:{number}".encode(), digest_size=8).digest(), "big")


def _count(tally: Tally, finding: Finding, trial: Trial, judged_from: datetime) -> None:
    if finding.phase is not Phase.BEGAN or finding.told_at < judged_from:
        return
    tally.began[finding.kind] += 1
    tally.false += finding.hazard in FINDS and finding.severity.rank <= trial.least.rank


def _collapsed(chunk: Chunk, later: Sequence[Reading], at: datetime, trial: Trial) -> timedelta | None:
    """Let somebody collapse: a copy of the home lives on with its heartbeats and devices, and without a person."""
    copy, gates = decode_chunk(encode_chunk(chunk)), Gates()
    if copy is None:
        return None
    for batch in _without_persons(later, at + LOOKED_FOR):
        for finding in apply(copy, batch, copy.offset + 1, gates):
            # What was told already before the fall is no answer to it, unless it goes on.
            known = finding.hazard in FINDS and finding.severity.rank <= trial.least.rank
            if known and finding.phase is not Phase.ENDED and finding.told_at > at:
                return finding.told_at - at
    return None


def _without_persons(later: Sequence[Reading], until: datetime) -> Iterator[ReadingBatch]:
    for reading in later:
        if reading.received_at > until:
            return
        if not is_of_person(reading):
            yield ReadingBatch(batched_at=reading.received_at, readings=(reading,))


def kinds_of(tallies: Iterable[Tally]) -> list[str]:
    """Name every kind that some plan found, the most frequent first."""
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally.began)
    return [kind for kind, _ in total.most_common()]


def told(tallies: Sequence[Tally]) -> list[Mapping[str, object]]:
    """Say the figures for programs."""
    return [
        {
            "plan": each.plan,
            "home_months": round(each.months, 3),
            "found_per_home_month": {kind: round(each.rate(times), 3) for kind, times in each.began.items()},
            "false_alarms_per_home_month": round(each.rate(each.false), 3),
            "collapses": len(each.delays),
            "missed": sum(delay is None for delay in each.delays),
            "median_seconds": _in_seconds(each.quantile(0.5)),
            "p90_seconds": _in_seconds(each.quantile(0.9)),
            "found_within_hours": {f"{hours}": round(each.within(hours), 3) for hours in (1, 2, 4, 8)},
        }
        for each in tallies
    ]


def _in_seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
