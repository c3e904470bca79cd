"""As much of MQTT 5 as a gateway needs that says very much: packets made ahead, and what the broker answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

#: A packet id may be used again when so many others have been used.
PACKET_IDS: Final = 65_535
_CONNECT: Final = 0x10
_CONNACK: Final = 2
_PUBLISH_QOS1: Final = 0x32
_PUBACK: Final = 4
_RECEIVE_MAXIMUM: Final = 0x21
#: How long each property of CONNACK is, where it has a length of its own.
_FIXED: Final = {0x11: 4, 0x13: 2, 0x21: 2, 0x22: 2, 0x24: 1, 0x25: 1, 0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1}
_FAILED: Final = 0x80


def connect(client_id: str, *, keepalive_seconds: int = 600) -> bytes:
    """Ask to be let in, with a session that ends with the connection."""
    body = b"\x00\x04MQTT\x05\x02" + keepalive_seconds.to_bytes(2, "big") + b"\x00" + _text(client_id.encode())
    return bytes([_CONNECT]) + _length(len(body)) + body


def publish(topic: bytes, payload: bytes, packet_id: int) -> bytes:
    """Say something at QoS 1; `topic` is as `topic_bytes` made it."""
    size = len(topic) + 3 + len(payload)
    return b"\x32" + _length(size) + topic + packet_id.to_bytes(2, "big") + b"\x00" + payload


def topic_bytes(topic: str) -> bytes:
    """Write a topic as it stands in a packet."""
    return _text(topic.encode())


@dataclass(kw_only=True)
class Answers:
    """What the broker said on one connection. Mutable: it holds what is not whole yet."""

    #: It lets us have so many unanswered at once; 0: it has not let us in yet.
    receive_maximum: int = 0
    acknowledged: int = 0
    #: It took them and nobody hears them, or it did not take them.
    refused: int = 0
    _rest: bytes = field(default=b"", repr=False)

    def take(self, data: bytes) -> None:
        """Count what came."""
        data = self._rest + data
        at = 0
        for kind, body, end in _packets(data):
            at = end
            if kind == _PUBACK:
                self.acknowledged += 1
                self.refused += len(body) > 2 and body[2] != 0
            elif kind == _CONNACK:
                self.receive_maximum = _receive_maximum(body) if body[1] < _FAILED else 0
        self._rest = data[at:]


def _packets(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    at = 0
    while len(data) - at >= 2:
        size, shift, begins = 0, 0, at + 1
        while begins < len(data):
            byte = data[begins]
            size |= (byte & 0x7F) << shift
            begins, shift = begins + 1, shift + 7
            if byte < _FAILED:
                break
        else:
            return
        if begins + size > len(data):
            return
        yield data[at] >> 4, data[begins : begins + size], begins + size
        at = begins + size


def _receive_maximum(body: bytes) -> int:
    at, end = 3, 3 + body[2]  # our brokers' properties are shorter than 128 bytes
    while at < end:
        name = body[at]
        if name == _RECEIVE_MAXIMUM:
            return int.from_bytes(body[at + 1 : at + 3], "big")
        at += 1 + _FIXED.get(name, 0)
        if name not in _FIXED:
            at += 2 + int.from_bytes(body[at : at + 2], "big")
    return PACKET_IDS


def _text(text: bytes) -> bytes:
    return len(text).to_bytes(2, "big") + text


def _length(size: int) -> bytes:
    if size < 128:
        return bytes([size])
    if size < 16_384:
        return bytes([size & 0x7F | 0x80, size >> 7])
    return bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14])
