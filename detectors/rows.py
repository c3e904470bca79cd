"""Rows: a few whole numbers in order, packed, because a list of them takes five times the memory."""

from bisect import bisect_left
from functools import cache
from struct import Struct

#: Eight bytes for each number, lowest first.
Row = bytes
_SIZE = 8


def numbers_in(row: Row) -> tuple[int, ...]:
    """Read a row."""
    return _packing(len(row) // _SIZE).unpack(row)


def row_of(numbers: tuple[int, ...]) -> Row:
    """Write numbers that are in order."""
    return _packing(len(numbers)).pack(*numbers)


def with_number(row: Row, number: int, most: int) -> Row:
    """Put a number into its place once, and keep so many of the greatest."""
    numbers = numbers_in(row)
    place = bisect_left(numbers, number)
    if place < len(numbers) and numbers[place] == number:
        return row
    return row_of((*numbers[:place], number, *numbers[place:])[-most:])


def last_is_odd(row: Row) -> bool:
    """Tell whether the greatest number is odd; without numbers it is not."""
    return bool(row) and row[-_SIZE] & 1 == 1


@cache
def _packing(size: int) -> Struct:
    return Struct(f"<{size}q")
