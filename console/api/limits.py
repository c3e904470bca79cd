"""How much a token may ask for in a minute: a bucket that fills again, and how long one waits for the next drop."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What is left, and when that was."""

    left: float
    at: float


def give_back(bucket: Bucket, *, per_minute: int) -> Bucket:
    """Give one request back that was taken for somebody who turned out to be known."""
    return Bucket(left=min(per_minute, bucket.left + 1), at=bucket.at)


def take(bucket: Bucket | None, *, per_minute: int, now: float) -> tuple[Bucket, int]:
    """Take one request; the seconds to wait are 0 when there was one to take."""
    per_second = per_minute / 60
    before = bucket or Bucket(left=per_minute, at=now)
    left = min(per_minute, before.left + max(now - before.at, 0) * per_second)
    if left >= 1:
        return Bucket(left=left - 1, at=now), 0
    return Bucket(left=left, at=now), max(ceil((1 - left) / per_second), 1)
