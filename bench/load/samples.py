"""Moments of a load: how far each step of the journey was, and whether what waits between them grows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

#: Slower than so much of what is offered is not kept up with.
_KEPT_UP: Final = 0.95
#: What waits for less than this is on its way, and no backlog.
_ON_ITS_WAY_SECONDS: Final = 1.0
#: Before that a level has not settled.
_SETTLES: Final = 0.4


@dataclass(frozen=True, kw_only=True)
class Moment:
    """How many readings have come how far since the beginning, at one moment."""

    at: float
    #: The generator said them, and the broker took them.
    said: int
    taken: int
    #: The bridge heard them, and Kafka has them.
    heard: int
    published: int
    #: The detectors judged them; history has them in the database.
    judged: int
    stored: int
    #: How long the bridge's oldest message has waited, how far detectors and history say that they are behind.
    bridge_seconds: float = 0.0
    detectors_seconds: float = 0.0
    history_seconds: float = 0.0
    #: How often the bridge left a socket unread because its window was full.
    pauses: int = 0

    @property
    def waiting(self) -> "Waiting":
        """Tell what waits where."""
        return Waiting(
            broker=max(0, self.said - self.heard),
            bridge=max(0, self.heard - self.published),
            detectors=max(0, self.published - self.judged),
            history=max(0, self.published - self.stored),
        )

    @property
    def behind(self) -> int:
        """Count what the slower of both ends has not done yet."""
        return max(0, self.said - min(self.judged, self.stored))


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Readings that wait before each step."""

    broker: int = 0
    bridge: int = 0
    detectors: int = 0
    history: int = 0

    @property
    def first(self) -> str:
        """Name where most of them wait."""
        return max((getattr(self, each.name), each.name) for each in fields(self))[1]


def peaks(moments: Sequence[Moment]) -> Waiting:
    """Tell the most that waited at each place."""
    waits = [moment.waiting for moment in moments] or [Waiting()]
    return Waiting(**{each.name: max(getattr(wait, each.name) for wait in waits) for each in fields(Waiting)})


def offered(moments: Sequence[Moment]) -> float:
    """Tell how many readings were said in a second."""
    return _rate([(moment.at, moment.said) for moment in moments])


def finished(moments: Sequence[Moment]) -> float:
    """Tell how many went the whole way in a second."""
    return _rate([(moment.at, min(moment.judged, moment.stored)) for moment in moments])


def grows(moments: Sequence[Moment]) -> bool:
    """Tell whether a backlog grows: less comes out than goes in, and more waits than what is on its way."""
    settled = _settled(moments)
    if len(settled) < 2:
        return False
    rate = offered(moments)
    late = moments[-1].behind > rate * _ON_ITS_WAY_SECONDS
    return late and settled[-1].behind - settled[0].behind > (1 - _KEPT_UP) * rate * (settled[-1].at - settled[0].at)


def _settled(moments: Sequence[Moment]) -> Sequence[Moment]:
    if not moments:
        return moments
    since = moments[0].at + _SETTLES * (moments[-1].at - moments[0].at)
    return [moment for moment in moments if moment.at >= since]


def _rate(points: Sequence[tuple[float, int]]) -> float:
    if len(points) < 2 or points[-1][0] <= points[0][0]:
        return 0.0
    return (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])


def drained_after(moments: Sequence[Moment]) -> float | None:
    """Tell after how many seconds nothing waited any more; None: something still does."""
    ended = next((moment.at for moment in moments if not moment.behind), None)
    return None if ended is None else ended - moments[0].at


def value_of(metrics: str, name: str) -> float:
    """Add up a metric over its labels."""
    total = 0.0
    for line in metrics.splitlines():
        if line.startswith(name) and line[len(name)] in " {":
            total += float(line.rpartition(" ")[2])
    return total


def labelled(metrics: str, name: str, label: str) -> float:
    """Read a metric of one label."""
    for line in metrics.splitlines():
        if line.startswith(f"{name}{{") and label in line:
            return float(line.rpartition(" ")[2])
    return 0.0
