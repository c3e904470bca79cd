"""The one place that asks the time; everybody else is told."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Tell the present moment, aware and in UTC."""
    return datetime.now(UTC)


def ticks() -> float:
    """Tell seconds on a clock that never steps, for measuring spans."""
    return time.monotonic()
