"""Captured messages: NDJSON, the lines of `mosquitto_sub -v`, or a JSON list, told apart by how they look."""

import binascii
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, kw_only=True, slots=True)
class Captured:
    """One message that somebody wrote down."""

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A line that is no message, and what was expected."""

    line: int
    detail: str


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    topic: str
    #: Text; base64 where `payload_encoding` says so; JSON of any shape is taken as it stands.
    payload: msgspec.Raw = msgspec.Raw(b'""')
    payload_encoding: str = ""
    base64: str | None = None
    retained: bool = False
    retain: bool = False


def captured(data: bytes) -> Iterator[Captured | Unreadable]:
    """Read a capture; a line that cannot be read is told and the next one read."""
    try:
        for each in msgspec.json.decode(data, type=list[msgspec.Raw]):
            yield _read(bytes(each), 1)
        return
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # no list: then it is lines
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield _read(line.strip(b"\r"), number)


def _read(line: bytes, number: int) -> Captured | Unreadable:
    if line.lstrip().startswith(b"{"):
        return _object(line, number)
    topic, space, payload = line.partition(b" ")
    if not space:
        return Unreadable(line=number, detail="expected `topic payload`, or an object with topic and payload")
    return Captured(topic=topic.decode(errors="replace"), payload=payload)


def _object(line: bytes, number: int) -> Captured | Unreadable:
    try:
        said = msgspec.json.decode(line, type=_Line)
        payload = _payload(said)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, binascii.Error, ValueError):
        return Unreadable(line=number, detail="expected an object with topic and payload (text, JSON, or base64)")
    return Captured(topic=said.topic, payload=payload, retained=said.retained or said.retain)


def _payload(said: _Line) -> bytes:
    if said.base64 is not None:
        return b64decode(said.base64, validate=True)
    raw = bytes(said.payload)
    if not raw.startswith(b'"'):
        return raw
    text = msgspec.json.decode(raw, type=str)
    return b64decode(text, validate=True) if said.payload_encoding == "base64" else text.encode()
