"""Chance that can be told again: the same labels always roll the same number."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

Choice = TypeVar("Choice")
_BYTES: Final = 7  # 56 bits: more than a float's 53 would round up to 1.0


def roll(*labels: str | int) -> float:
    """Roll a number in [0, 1) for these labels."""
    digest = blake2b("\x1f".join(str(label) for label in labels).encode(), digest_size=_BYTES).digest()
    # The low bits are dropped so that the division is exact and never reaches 1.
    return (int.from_bytes(digest, "big") >> 3) / (1 << 53)


def between(low: float, high: float, *labels: str | int) -> float:
    """Roll a number in [low, high) for these labels."""
    return low + (high - low) * roll(*labels)


def pick(options: Sequence[Choice], *labels: str | int) -> Choice:
    """Choose one of the options for these labels."""
    return options[int(roll(*labels) * len(options))]
