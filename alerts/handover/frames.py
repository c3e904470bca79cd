"""What is said to another centre in SIA DC-09, and what it answers: frames, their checksum, their cipher.

The receiver of panels (ingest/dc09) reads frames; this writes them. Neighbours share no code: a test lets them talk.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import fastcrc
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from contracts.codes import CODES, Codes

BLOCK: Final = 16
#: No code of its own: a general alarm, and an alarm of no type. A centre that hears it telephones.
_UNTYPED: Final = Codes(contact_id="140", sia="UA")
_HEAD: Final = re.compile(rb'\n([0-9A-Fa-f]{4})0([0-9A-Fa-f]{3})(".*)\r', re.DOTALL)
_SPAN: Final = re.compile(
    r'"(?P<star>\*?)(?P<word>ACK|NAK|DUH|RSP)"(?P<seq>\d{4})'
    r"(?:R[0-9A-Fa-f]*)?(?:L[0-9A-Fa-f]*)?(?:#(?P<account>[0-9A-Fa-f]*))?\[(?P<rest>.*)",
    re.DOTALL,
)
_STAMP: Final = re.compile(r"_(\d\d:\d\d:\d\d,\d\d-\d\d-\d{4})")
_TIME: Final = "%H:%M:%S,%m-%d-%Y"
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


class Token(StrEnum):
    """In whose words it is told."""

    CONTACT_ID = "ADM-CID"
    SIA = "SIA-DCS"
    #: Nothing happened: is the line there?
    NULL = "NULL"


class Answer(StrEnum):
    """What a centre may answer."""

    #: It has it.
    ACK = "ACK"
    #: It does not believe our clock, and says its own time.
    NAK = "NAK"
    #: It does not understand it, and will not another time.
    DUH = "DUH"
    #: What came is no answer to what was said.
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Who we are for a centre."""

    account: str
    receiver: str = ""
    line: str = "0"
    #: None: in clear.
    key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An answer as it was read."""

    answer: Answer
    #: The centre's own time, with a NAK.
    said_at: datetime | None = None


def data_of(kind: str, token: Token) -> str:
    """Tell a finding in the words of a token: new, in area 0, by zone 0; zones of ours say nothing to a stranger."""
    codes = CODES.get(kind, _UNTYPED)
    if token is Token.CONTACT_ID:
        return f"1{codes.contact_id or _UNTYPED.contact_id} 00 000"
    return f"Nri0/{codes.sia or _UNTYPED.sia}000"


def token_for(kind: str, wanted: Token) -> Token:
    """Prefer the words that the centre wants; where only the other language has one, it is better than none."""
    codes = CODES.get(kind, _UNTYPED)
    if wanted is Token.SIA and codes.contact_id and not codes.sia:
        return Token.CONTACT_ID
    return Token.SIA if wanted is Token.CONTACT_ID and codes.sia and not codes.contact_id else wanted


def write(token: Token, data: str, speaker: Speaker, *, seq: int, at: datetime, noise: bytes) -> bytes:
    """Write a frame from LF to CR; `noise` (16 bytes by chance) pads an encrypted one."""
    content = f"#{speaker.account}|{data}" if data else ""
    rest = f"{content}]_{at.astimezone(UTC).strftime(_TIME)}"
    star = ""
    if speaker.key:
        star, rest = "*", _sealed(f"|{rest}".encode("latin-1"), speaker.key, noise).hex().upper()
    receiver = f"R{speaker.receiver}" if speaker.receiver else ""
    span = f'"{star}{token}"{seq:04d}{receiver}L{speaker.line}#{speaker.account}[{rest}'.encode("latin-1")
    return b"\n%04X0%03X%b\r" % (fastcrc.crc16.arc(span), len(span), span)


def read(frame: bytes, speaker: Speaker, *, seq: int) -> Heard:
    """Read what came back; only a whole frame with our number and account, sealed by our key, is an answer."""
    parts = _span_of(frame)
    if parts is None:
        return Heard(answer=Answer.NONE)
    answer = Answer(parts["word"]) if parts["word"] in set(Answer) else Answer.NONE
    if answer is Answer.NAK:
        # It may not know who we are: it answers in clear, with no number. It takes nothing from us.
        return Heard(answer=answer, said_at=_stamp_in(parts["rest"]))
    ours = int(parts["seq"]) == seq and (parts["account"] or "").upper() == speaker.account
    rest = _opened(parts["rest"], speaker.key) if parts["star"] and speaker.key else parts["rest"]
    sealed = bool(parts["star"]) == bool(speaker.key) or answer is Answer.DUH
    return Heard(answer=answer if ours and sealed and "]" in rest else Answer.NONE)


def _span_of(frame: bytes) -> re.Match[str] | None:
    head = _HEAD.fullmatch(frame)
    if head is None or int(head[1], 16) != fastcrc.crc16.arc(head[3]) or int(head[2], 16) != len(head[3]):
        return None
    return _SPAN.fullmatch(head[3].decode("latin-1"))


def _stamp_in(text: str) -> datetime | None:
    found = _STAMP.search(text)
    try:
        return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _sealed(text: bytes, key: bytes, noise: bytes) -> bytes:
    padding = bytes(_LETTERS[each % len(_LETTERS)] for each in noise[: -len(text) % BLOCK])
    sealer = _cipher(key).encryptor()
    return sealer.update(padding + text) + sealer.finalize()


def _opened(rest: str, key: bytes) -> str:
    """Open an answer; what another key sealed opens as nonsense, in which no bar is followed by a bracket."""
    try:
        sealed = bytes.fromhex(rest.removesuffix("]"))
    except ValueError:
        return ""
    if not sealed or len(sealed) % BLOCK:
        return ""
    opener = _cipher(key).decryptor()
    text = (opener.update(sealed) + opener.finalize()).decode("latin-1")
    _, bar, content = text.partition("|")
    return content if bar and _STAMP.search(content) else ""


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    # The vector is the standard's: a receiver cannot choose another.
    return Cipher(algorithms.AES(key), modes.CBC(bytes(BLOCK)))
