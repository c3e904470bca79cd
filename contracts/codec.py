"""The one codec: JSON by msgspec, strict about what it knows and silent about fields that it does not know."""

from functools import cache
from typing import TypeVar

import msgspec

Message = TypeVar("Message", bound=msgspec.Struct)


class Undecodable(Exception):
    """A record on one of our own topics does not hold what the topic promises."""


_encoder = msgspec.json.Encoder()


@cache
def _decoder_of(kind: type[msgspec.Struct]) -> msgspec.json.Decoder[msgspec.Struct]:
    return msgspec.json.Decoder(kind)


def encode(message: msgspec.Struct) -> bytes:
    """Write a message as JSON bytes."""
    return _encoder.encode(message)


def decode(payload: bytes, kind: type[Message]) -> Message:
    """Read a message of a known kind; raise Undecodable when it is not one."""
    try:
        message = _decoder_of(kind).decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Undecodable(f"expected a {kind.__name__}, got {len(payload)} bytes: {error}") from error
    if not isinstance(message, kind):
        raise Undecodable(f"expected a {kind.__name__}, got a {type(message).__name__}")
    return message
