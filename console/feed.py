"""The feed's memory: which alert changed at which mark, so that a page can go on where it stopped."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from contracts import AlertId

T = TypeVar("T")


class Stand(NamedTuple):
    """How far an open alert has come, and whose board it stands on."""

    version: int
    #: Empty for a home that nobody knows: it stands on every board.
    district_id: str = ""


@dataclass(frozen=True, kw_only=True, order=True)
class Mark:
    """A place in the feed: an offset of the topic `alerts`, within one unbroken run of it."""

    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"e{self.epoch}.{self.offset}"


def read_mark(text: str) -> Mark | None:
    """Read what `str(mark)` wrote; None for anything else."""
    epoch, dot, offset = text.removeprefix("e").rpartition(".")
    if not dot or not epoch or not offset.isascii() or not offset.isdigit():
        return None
    return Mark(epoch=epoch, offset=int(offset))


@dataclass(kw_only=True)
class Ring:
    """The last changes, oldest first. Mutable, and owned by the one loop that reads the topic."""

    epoch: str
    #: The last offset that is not in the ring: a page that stopped there has missed nothing that is not in it.
    before: int
    size: int = 2_000
    _changes: deque[tuple[int, AlertId]] = field(default_factory=deque)

    @property
    def mark(self) -> Mark:
        """Where the feed stands now."""
        return Mark(epoch=self.epoch, offset=self._changes[-1][0] if self._changes else self.before)

    def add(self, offset: int, alert_id: AlertId) -> Mark:
        """Remember a change; forget the oldest when there are too many."""
        self._changes.append((offset, alert_id))
        if len(self._changes) > self.size:
            self.before = self._changes.popleft()[0]
        return self.mark

    def since(self, mark: Mark) -> tuple[AlertId, ...] | None:
        """Tell which alerts changed after a mark, each once; None when that cannot be known any more."""
        if mark.epoch != self.epoch or not self.before <= mark.offset <= self.mark.offset:
            return None
        return tuple(dict.fromkeys(alert_id for offset, alert_id in self._changes if offset > mark.offset))


def checksum(versions: Iterable[tuple[str, int]]) -> str:
    """Fold `id:version` of all open alerts into eight hex digits (FNV-1a); the page does the same with its rows."""
    value = 0x811C9DC5
    for byte in "\n".join(sorted(f"{alert_id}:{version}" for alert_id, version in versions)).encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def marked(changes: Sequence[T], mark: Mark) -> Iterator[tuple[T, Mark | None]]:
    """Give the batch's mark to its last change alone: whoever heard that one has heard all."""
    last = len(changes) - 1
    return ((change, mark if place == last else None) for place, change in enumerate(changes))


def newest(
    read: Mapping[AlertId, Stand], *, before: Mapping[AlertId, Stand], now: Mapping[AlertId, Stand]
) -> dict[AlertId, Stand]:
    """Take the open alerts as they were read, but for those that changed from `before` to `now` meanwhile."""
    told = {alert_id for alert_id in before.keys() | now.keys() if before.get(alert_id) != now.get(alert_id)}
    return {alert_id: stand for alert_id, stand in read.items() if alert_id not in told} | {
        alert_id: now[alert_id] for alert_id in told & now.keys()
    }


def tally(stands: Mapping[AlertId, Stand], districts: Set[str]) -> tuple[int, str]:
    """Count and sum up the open alerts that stand on a board of these districts; none means all."""
    shown = [(str(key), one.version) for key, one in stands.items() if stands_in(one.district_id, districts)]
    return len(shown), checksum(shown)


def stands_in(district_id: str, districts: Set[str]) -> bool:
    """Tell whether a home stands on a board of these districts."""
    return not districts or not district_id or district_id in districts


def frame(event: str, data: bytes, mark: Mark | None = None) -> bytes:
    """Write one server-sent event; `data` is JSON on one line."""
    head = f"id: {mark}\n" if mark else ""
    return f"{head}event: {event}\ndata: ".encode() + data + b"\n\n"
