"""How much one address may say: a bucket that fills by the second."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

#: An address may save up so many seconds' worth: a panel that was cut off comes with all that it stored.
BURST_SECONDS: Final = 10.0
MOST: Final = 10_000


@dataclass(kw_only=True, slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """The buckets of the addresses heard last. Mutable, one owner; bounded, the longest unheard goes."""

    def __init__(self, per_second: float) -> None:
        self._per_second = max(per_second, 0.001)
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, address: str, count: int, *, now: float) -> float:
        """Take so many from a bucket; answer for how many seconds nothing more should be heard."""
        full = self._per_second * BURST_SECONDS
        bucket = self._buckets.setdefault(address, _Bucket(left=full, at=now))
        self._buckets.move_to_end(address)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        # However much an address said, it waits for no longer than its burst took.
        bucket.left = max(min(full, bucket.left + (now - bucket.at) * self._per_second) - count, -full)
        bucket.at = now
        return max(0.0, -bucket.left / self._per_second)
