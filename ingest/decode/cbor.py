"""As much of CBOR (RFC 8949) as a SenML pack needs, bounded in depth."""

import struct
from dataclasses import dataclass
from typing import Final

_DEEPEST: Final = 8
#: As many as the largest pack that is read; a byte is enough for an item.
_MOST_ITEMS: Final = 12_000
_SIZES: Final = {24: 1, 25: 2, 26: 4, 27: 8}
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_SIMPLE: Final[dict[int, object]] = {20: False, 21: True, 22: None, 23: None}
_INDEFINITE: Final = 31
_BREAK: Final = 0xFF


class NotCbor(Exception):
    """The bytes are no CBOR, or CBOR that no SenML pack has."""


@dataclass(kw_only=True, slots=True)
class _Reader:
    data: bytes
    at: int = 0
    items: int = 0

    def take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise NotCbor("the data ends too early")
        piece = self.data[self.at : self.at + size]
        self.at += size
        return piece

    def ends(self) -> bool:
        """Tell whether an indefinite collection ends here, and step over its end."""
        if self.data[self.at : self.at + 1] != bytes([_BREAK]):
            return False
        self.at += 1
        return True


def decode(data: bytes) -> object:
    """Read one value; raise NotCbor when there is none, or when more follows."""
    reader = _Reader(data=data)
    value = _value(reader, 0)
    if reader.at != len(data):
        raise NotCbor("more follows after the value")
    return value


def _value(reader: _Reader, depth: int) -> object:
    if depth > _DEEPEST:
        raise NotCbor("nested too deep")
    reader.items += 1
    if reader.items > _MOST_ITEMS:
        raise NotCbor(f"more than {_MOST_ITEMS} items")
    head = reader.take(1)[0]
    major, short = head >> 5, head & 31
    if major == 7:
        return _simple(reader, short)
    match major:
        case 0:
            return _length(reader, short)
        case 1:
            return -1 - _length(reader, short)
        case 2:
            return reader.take(_length(reader, short))
        case 3:
            return _text(reader.take(_length(reader, short)))
        case 4:
            return _array(reader, short, depth)
        case 5:
            return _map(reader, short, depth)
        case _:  # a tag: what it says of the value does not matter to us
            _length(reader, short)
            return _value(reader, depth + 1)


def _length(reader: _Reader, short: int) -> int:
    if short < 24:
        return short
    if short not in _SIZES:
        raise NotCbor("a length of unknown form")
    return int.from_bytes(reader.take(_SIZES[short]), "big")


def _simple(reader: _Reader, short: int) -> object:
    if short in _FLOATS:
        number: float = struct.unpack(_FLOATS[short], reader.take(_SIZES[short]))[0]
        return number
    if short not in _SIMPLE:
        raise NotCbor("a simple value of unknown meaning")
    return _SIMPLE[short]


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise NotCbor("text that is not UTF-8") from error


def _array(reader: _Reader, short: int, depth: int) -> list[object]:
    if short == _INDEFINITE:
        items: list[object] = []
        while not reader.ends():
            items.append(_value(reader, depth + 1))
        return items
    return [_value(reader, depth + 1) for _ in range(_length(reader, short))]


def _map(reader: _Reader, short: int, depth: int) -> dict[object, object]:
    pairs: dict[object, object] = {}
    left = None if short == _INDEFINITE else _length(reader, short)
    while left != 0 and not (left is None and reader.ends()):
        key = _value(reader, depth + 1)
        if not isinstance(key, int | str):
            raise NotCbor("a key that is neither text nor number")
        pairs[key] = _value(reader, depth + 1)
        left = None if left is None else left - 1
    return pairs
