"""Where a list goes on: an opaque word that names the last thing told, so that what is added shifts nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime
from typing import Final

import msgspec

#: A longer one was not written by us.
_LONGEST: Final = 400


class BadCursor(Exception):
    """This word was not given out by us, or for another list."""


def write(kind: str, *place: str | int | datetime) -> str:
    """Write a place in a list of this kind."""
    written = [each.isoformat() if isinstance(each, datetime) else each for each in place]
    return urlsafe_b64encode(msgspec.json.encode([kind, *written])).rstrip(b"=").decode()


def read_texts(kind: str, cursor: str, *, parts: int) -> tuple[str, ...]:
    """Read a place of so many texts; raise BadCursor."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        said = msgspec.json.decode(urlsafe_b64decode(padded), type=list[str | int])
    except (Error, ValueError, msgspec.MsgspecError) as error:
        raise BadCursor("not a cursor of ours") from error
    texts = tuple(f"{each}" for each in said[1:])
    if len(cursor) > _LONGEST or said[:1] != [kind] or len(texts) != parts or "\x00" in "".join(texts):
        raise BadCursor(f"not a cursor of {kind}")
    return texts


def read_moment(text: str) -> datetime:
    """Read a moment of a place; raise BadCursor."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCursor("no moment in a cursor") from error
    if at.tzinfo is None:
        raise BadCursor("no zone in a cursor")
    return at


def read_number(text: str) -> int:
    """Read a number of a place; raise BadCursor."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadCursor("no number in a cursor")
    return int(text)


def read_bytes(text: str) -> bytes:
    """Read a name of bytes of a place; raise BadCursor."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise BadCursor("no bytes in a cursor") from error
