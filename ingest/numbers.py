"""Numbers as strangers write them."""

import math


def number_of(value: object) -> float | None:
    """Read a number; infinity stands for one that no float holds, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf
