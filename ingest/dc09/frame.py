"""A DC-09 frame: read and written, its checksum and its length both believed only when both fit."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import fastcrc

from contracts import RefusalReason
from ingest.message import Malformed

#: The length of a frame is three hex digits; before it stand the checksum and a zero, around it LF and CR.
LARGEST_SPAN: Final = 0xFFF
LARGEST_FRAME: Final = LARGEST_SPAN + 8

_HEAD: Final = re.compile(rb'([0-9A-Fa-f]{4})0([0-9A-Fa-f]{3})(".*)', re.DOTALL)
_SPAN: Final = re.compile(
    r'"(?P<encrypted>\*?)(?P<token>[A-Z0-9-]{2,16})"(?P<seq>\d{4})'
    r"(?:R(?P<receiver>[0-9A-Fa-f]{1,6}))?(?:L(?P<line>[0-9A-Fa-f]{0,6}))?"
    r"(?:#(?P<account>[0-9A-Fa-f]{1,16}))?\[(?P<rest>.*)",
    re.DOTALL,
)
_CONTENT: Final = re.compile(r"(?P<data>[^\]]*)\](?P<extra>(?:\[[^\[\]]*\])*)(?:_(?P<said>.*))?", re.DOTALL)
_TIME: Final = "%H:%M:%S,%m-%d-%Y"


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What stands between the brackets and after them; free text may stand there, so its repr tells nothing."""

    data: str = ""
    extra: tuple[str, ...] = ()
    #: The sender's time in the frame's own form; empty: it said none.
    said: str = ""

    def __repr__(self) -> str:
        return f"Content({len(self.data)} characters)"

    @property
    def said_at(self) -> datetime | None:
        """When the sender says that it sent this, in GMT; None: it does not say, or nobody can read it."""
        try:
            return datetime.strptime(self.said, _TIME).replace(tzinfo=UTC)
        except ValueError:
            return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One frame; of an encrypted one the content is the cipher's own bytes until a key opens it."""

    token: str
    seq: int
    receiver: str = ""
    line: str = "0"
    account: str = ""
    content: Content | bytes = Content()

    @property
    def encrypted(self) -> bool:
        """Whether a key is needed to read it."""
        return isinstance(self.content, bytes)


def parse(body: bytes) -> Frame | Malformed:
    """Read what stands between LF and CR."""
    head = _HEAD.fullmatch(body)
    if head is None:
        return Malformed(reason=RefusalReason.NO_FRAME, detail="expected checksum, length and a quoted word")
    said_crc, said_length, span = head.groups()
    if int(said_crc, 16) != fastcrc.crc16.arc(span):
        return Malformed(reason=RefusalReason.WRONG_CHECKSUM, detail="the CRC-16/ARC does not fit the bytes")
    if int(said_length, 16) != len(span):
        detail = f"the frame says {int(said_length, 16)} bytes and has {len(span)}"
        return Malformed(reason=RefusalReason.WRONG_LENGTH, detail=detail)
    # One byte is one character, so that whatever a panel sends is written again as it was.
    parts = _SPAN.fullmatch(span.decode("latin-1"))
    if parts is None:
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected a word, four digits, a line and a bracket")
    return _frame(parts)


def _frame(parts: re.Match[str]) -> Frame | Malformed:
    content = _sealed(parts["rest"]) if parts["encrypted"] else parse_content(parts["rest"])
    if isinstance(content, Malformed):
        return content
    return Frame(
        token=parts["token"],
        seq=int(parts["seq"]),
        receiver=(parts["receiver"] or "").upper(),
        line=(parts["line"] or "").upper(),
        account=(parts["account"] or "").upper(),
        content=content,
    )


def _sealed(rest: str) -> bytes | Malformed:
    # Some panels close the bracket behind the cipher, though the bracket is inside it.
    try:
        return bytes.fromhex(rest.removesuffix("]"))
    except ValueError:
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail="expected hex digits after the bracket")


def parse_content(rest: str) -> Content | Malformed:
    """Read what follows the opening bracket."""
    parts = _CONTENT.fullmatch(rest)
    if parts is None:
        return Malformed(
            reason=RefusalReason.WRONG_SHAPE, detail="expected a closing bracket, and then a time or nothing"
        )
    extra = tuple(parts["extra"][1:-1].split("][")) if parts["extra"] else ()
    return Content(data=parts["data"], extra=extra, said=parts["said"] or "")


def write_content(content: Content) -> str:
    """Write what follows the opening bracket."""
    extra = "".join(f"[{each}]" for each in content.extra)
    return f"{content.data}]{extra}" + (f"_{content.said}" if content.said else "")


def write(frame: Frame) -> bytes:
    """Write a frame whole, from LF to CR."""
    star, rest = ("*", frame.content.hex().upper()) if isinstance(frame.content, bytes) else ("", "")
    if isinstance(frame.content, Content):
        rest = write_content(frame.content)
    receiver = f"R{frame.receiver}" if frame.receiver else ""
    account = f"#{frame.account}" if frame.account else ""
    return wrap(f'"{star}{frame.token}"{frame.seq:04d}{receiver}L{frame.line}{account}[{rest}'.encode("latin-1"))


def wrap(span: bytes) -> bytes:
    """Put LF, checksum and length before a span, and CR behind it."""
    return b"\n%04X0%03X%b\r" % (fastcrc.crc16.arc(span), len(span), span)


def time_of(moment: datetime) -> str:
    """Write a moment as frames do, in GMT."""
    return moment.astimezone(UTC).strftime(_TIME)
