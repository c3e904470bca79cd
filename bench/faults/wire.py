"""MQTT by the byte: the few packets with which a publish is sent again, with the mark DUP or without it."""

import struct
from typing import Final

_CONNECT: Final = 0x10
_PUBLISH_QOS_1: Final = 0x32
_DUP: Final = 0x08
_DISCONNECT: Final = b"\xe0\x00"


def connect(client_id: str, *, username: str = "", password: str = "", keepalive: int = 60) -> bytes:
    """Make the CONNECT of MQTT 3.1.1 with a clean session."""
    flags = 0x02 | (0x80 if username else 0) | (0x40 if password else 0)
    body = _text("MQTT") + bytes([4, flags]) + struct.pack("!H", keepalive) + _text(client_id)
    for word in (username, password):
        body += _text(word) if word else b""
    return _packet(_CONNECT, body)


def publish(topic: str, payload: bytes, *, packet: int, dup: bool) -> bytes:
    """Make a PUBLISH of QoS 1."""
    return _packet(_PUBLISH_QOS_1 | (_DUP if dup else 0), _text(topic) + struct.pack("!H", packet) + payload)


def disconnect() -> bytes:
    """Make the DISCONNECT."""
    return _DISCONNECT


def acknowledged(stream: bytes) -> list[int]:
    """Read the numbers of all PUBACKs in what a broker has said so far."""
    numbers, at = list[int](), 0
    while at + 2 <= len(stream):
        kind, length, at = stream[at] >> 4, *_length(stream, at + 1)
        if at + length > len(stream):
            break
        if kind == 4:
            numbers.append(struct.unpack_from("!H", stream, at)[0])
        at += length
    return numbers


def _length(stream: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while at < len(stream):
        value |= (stream[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not stream[at - 1] & 0x80:
            break
    return value, at


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("!H", len(raw)) + raw


def _packet(first: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while True:
        left, digit = divmod(left, 128)
        length += bytes([digit | (0x80 if left else 0)])
        if not left:
            return bytes([first]) + length + body
