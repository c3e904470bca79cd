"""Cut MQTT 5 packets out of a stream of bytes; PUBLISH is read here, all others are left as they are."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

_PUBLISH: Final = 0x30
_QOS_2: Final = 0x04
_RETAINED: Final = 0x01
_DUPLICATE: Final = 0x08
#: The shortest packet: its type, and a length of nothing.
_SHORTEST: Final = 2
#: A length has at most so many bytes.
_LONGEST_LENGTH: Final = 4


class BrokenPacket(Exception):
    """The bytes are no MQTT 5; the connection cannot be trusted any more."""


class Publish(NamedTuple):
    """A message, at QoS 0 or 1."""

    topic: str
    payload: bytes
    message_id: int
    qos: int
    retained: bool
    duplicate: bool


class Packet(NamedTuple):
    """Any other packet."""

    head: int
    body: bytes


@dataclass(kw_only=True, slots=True)
class Cutter:
    """Holds what of the stream is not a whole packet yet. Mutable, owned by one connection."""

    _pieces: list[bytes] = field(default_factory=list)
    _size: int = 0
    #: So many bytes are needed before it is worth looking: a large payload is joined once, not at each read.
    _needed: int = _SHORTEST

    def cut(self, data: bytes) -> list[Publish | Packet]:
        """Take what was received and give the packets that are complete; raise BrokenPacket when they are none."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size < self._needed:
            return []
        stream = b"".join(self._pieces)
        packets: list[Publish | Packet] = []
        at = 0
        while (length := _length(stream, at)) and length.end <= len(stream):
            packets.append(_read(stream, at, length))
            at = length.end
        self._pieces, self._size = [stream[at:]], len(stream) - at
        self._needed = length.end - at if length else self._size + 1
        return packets


class _Length(NamedTuple):
    begin: int
    end: int


def _length(stream: bytes, at: int) -> _Length | None:
    """Find where the body of the packet begins and ends; None while its length is not there."""
    if len(stream) - at < _SHORTEST:
        return None
    value = shift = 0
    for place in range(at + 1, min(at + 1 + _LONGEST_LENGTH, len(stream))):
        value |= (stream[place] & 0x7F) << shift
        if not stream[place] & 0x80:
            return _Length(place + 1, place + 1 + value)
        shift += 7
    if len(stream) > at + _LONGEST_LENGTH:
        raise BrokenPacket("a length of more than four bytes")
    return None


def _read(stream: bytes, at: int, length: _Length) -> Publish | Packet:
    head = stream[at]
    if head & 0xF0 != _PUBLISH or head & _QOS_2:
        return Packet(head, stream[length.begin : length.end])
    qos = head >> 1 & 1
    try:
        topic_at = length.begin + 2
        topic_end = topic_at + int.from_bytes(stream[length.begin : topic_at], "big")
        message_id = int.from_bytes(stream[topic_end : topic_end + 2], "big") if qos else 0
        payload_at = _after_properties(stream, topic_end + 2 * qos)
    except IndexError as error:
        raise BrokenPacket("a message that ends within its head") from error
    if payload_at > length.end:
        raise BrokenPacket("a message whose head is longer than itself")
    return Publish(
        stream[topic_at:topic_end].decode(errors="replace"),
        stream[payload_at : length.end],
        message_id,
        qos,
        bool(head & _RETAINED),
        bool(head & _DUPLICATE),
    )


def _after_properties(stream: bytes, at: int) -> int:
    if not stream[at] & 0x80:
        return at + 1 + stream[at]
    length = _length(stream, at - 1)
    if length is None:
        raise BrokenPacket("properties of unknown length")
    return length.end
