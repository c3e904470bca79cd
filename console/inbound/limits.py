"""How much one sender may send: a bucket that fills again with time."""

from dataclasses import dataclass
from typing import Final

#: A gateway reports every call of a flood, and more.
PROVIDER: Final = (200.0, 400.0)
#: A person answers a few times; a machine that answers a machine does not stop.
SENDER: Final = (0.1, 10.0)
#: Buckets that are full again are forgotten beyond so many.
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left, and when that was."""

    left: float
    at: float


class Limits:
    """The buckets of all who send, in memory: a restart only fills them."""

    def __init__(self, per_second: float, most: float) -> None:
        self._per_second = per_second
        self._most = most
        self._buckets: dict[str, Bucket] = {}

    def allows(self, who: str, now: float) -> bool:
        """Take one from a sender's bucket; False when it is empty."""
        before = self._buckets.get(who, Bucket(self._most, now))
        left = min(self._most, before.left + max(now - before.at, 0) * self._per_second)
        if len(self._buckets) > _MOST:
            full_after = self._most / self._per_second
            self._buckets = {name: one for name, one in self._buckets.items() if now - one.at < full_after}
        self._buckets[who] = Bucket(max(left - 1, 0) if left >= 1 else left, now)
        return left >= 1
