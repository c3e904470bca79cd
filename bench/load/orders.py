"""What is ordered of the generator, and what it tells."""

import msgspec


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Say so many readings a second for so long."""

    per_second: float
    seconds: float
    presses_per_second: float = 0.0


class Pressed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A press was said; `at` is on the machine's steady clock."""

    home: str
    at: float


class Said(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How much was said since the beginning, and how much of it the broker has."""

    said: int
    acknowledged: int
    #: The broker answered that nobody hears it, or that it did not take it.
    refused: int
    #: Due in this order and not said, because the broker did not take more.
    missed: int
    #: The order is carried out.
    done: bool
