"""The protocol: warm-up, what counts as a false alert, and the collapses that are put into a recording."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

from bench.inactivity.recording import Event, Recording

DAY: Final = 86_400.0
#: Detectors are asked on this grid of seconds; a delay within one step of a limit still counts.
GRID: Final = 300.0
MONTH: Final = 30.4375 * DAY
#: So many collapses in each home, each followed for two days.
CASES: Final = 200
HORIZON: Final = 2 * DAY
#: The resident moved within so many seconds before a collapse, and would have within so many after it.
_MOVING: Final = 600.0
#: A silence of a day is a holiday, a hospital, or a broken sensor.
_LONG: Final = DAY
#: Who used the front door within so many seconds before and after a silence was out.
_DOOR: Final = 600.0


class Detector(Protocol):
    """What is measured: told every event, it tells when it would alert if nothing happened any more."""

    def feed(self, event: Event) -> None:
        """Take in one event; they come in order of time."""

    def due(self) -> float:
        """Tell the second at which it alerts unless something happens before; infinity: never."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What one detector did in one home; delays in hours."""

    name: str
    months: float
    home: int
    away: int
    long: int
    delays: tuple[float, ...]


def run(recording: Recording, detector: Detector) -> Judged:
    """Let a detector live through a recording, with a collapse at each chosen moment beside it."""
    cases, alerts, delays = collapses(recording), [], []
    ahead = 0
    for before, after in pairwise(recording.events):
        detector.feed(before)
        last = ahead
        while last < len(cases) and cases[last] < after.at:
            last += 1
        first_look = _look_after(before.at)
        if last == ahead and first_look >= after.at:
            continue
        alert = max(first_look, _look_at(detector.due()))
        delays += [
            min(HORIZON, max(0.0, alert - case)) if alert <= case + HORIZON else HORIZON for case in cases[ahead:last]
        ]
        ahead = last
        if alert < after.at:
            alerts.append(alert)
    return _judged(recording, alerts, tuple(delay / 3600 for delay in delays))


def warm_up(recording: Recording) -> float:
    """Tell the second from which on a recording is judged: after two weeks, or one where it is short."""
    first, last = recording.events[0].at, recording.events[-1].at
    return first + (14 if last - first >= 26.5 * DAY else 7) * DAY


def collapses(recording: Recording, *, cases: int = CASES, seed: int = 1) -> list[float]:
    """Choose moments at which the resident was at home and moving, all judged ones alike likely."""
    spans = list(_moving(recording))
    total = sum(until - since for since, until in spans)
    begins = [0.0]
    for since, until in spans:
        begins.append(begins[-1] + until - since)
    dice = random.Random(f"inactivity-bench-1:{recording.name}:{seed}")
    chosen: list[float] = []
    for _ in range(cases if spans else 0):
        place = dice.random() * total
        number = bisect_right(begins, place, hi=len(spans)) - 1
        since = spans[number][0]
        moment = since + place - begins[number]
        chosen.append(float(int(moment)) if int(moment) >= since else moment)
    return sorted(chosen)


def _moving(recording: Recording) -> Iterator[tuple[float, float]]:
    judged_from = warm_up(recording)
    for before, after in pairwise(recording.events):
        since, until = max(before.at, after.at - _MOVING, judged_from), min(after.at, before.at + _MOVING)
        if until > since:
            yield since, until


def _look_after(at: float) -> float:
    return (at // GRID + 1) * GRID


def _look_at(at: float) -> float:
    return at if at == float("inf") else -(-at // GRID) * GRID


def _judged(recording: Recording, alerts: list[float], delays: tuple[float, ...]) -> Judged:
    moments = [event.at for event in recording.events]
    doors = [event.at for event in recording.events if event.front_door]
    judged_from, until = warm_up(recording), moments[-1]
    kinds = {"home": 0, "away": 0, "long": 0}
    for alert in alerts:
        if judged_from <= alert <= until:
            place = bisect_right(moments, alert)
            kinds[_kind(moments[place - 1], moments[place], doors, recording.away)] += 1
    long = sum(
        min(after, until) - max(before, judged_from)
        for before, after in pairwise(moments)
        if after - before >= _LONG and after > judged_from
    )
    months = max(1e-9, (until - judged_from - long) / MONTH)
    return Judged(name=recording.name, months=months, delays=delays, **kinds)


def _kind(since: float, until: float, doors: list[float], away: tuple[tuple[float, float], ...]) -> str:
    if until - since >= _LONG:
        return "long"
    if _any(doors, since - _DOOR, since) and _any(doors, until, until + _DOOR):
        return "away"
    out = sum(max(0.0, min(until, end) - max(since, begin)) for begin, end in away if begin < until and end > since)
    return "away" if out >= 0.5 * (until - since) else "home"


def _any(moments: list[float], since: float, until: float) -> bool:
    return bisect_right(moments, until) > bisect_left(moments, since)
