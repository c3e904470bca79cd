"""On what it was measured: a figure without its machine says nothing."""

import os
import platform
import sys
from collections.abc import Sequence
from math import ceil


def machine() -> str:
    """Describe this machine and its Python in one line."""
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {platform.machine()}, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}"


def percentile(values: Sequence[float], share: float) -> float:
    """Tell the value that this share of the values does not exceed (nearest rank)."""
    if not values:
        return float("nan")
    ranked = sorted(values)
    return ranked[max(0, ceil(len(ranked) * share) - 1)]
