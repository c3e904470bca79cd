"""A pretended alarm panel: what it says in SIA DC-09, written by itself and not by the receiver's own hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import fastcrc
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK: Final = 16


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What an installer set up in it."""

    account: str
    key: bytes = field(default=b"", repr=False)
    receiver: str = ""
    line: str = "0"

    def says(self, token: str, data: str, *, seq: int, at: datetime | None) -> bytes:
        """Write a message: `ADM-CID` with `1101 00 003`, `SIA-DCS` with `Nri1/QA003`, or `NULL` with nothing."""
        text = (f"#{self.account}|{data}" if data else "") + "]" + (f"_{stamp(at)}" if at else "")
        star, rest = ("*", self._sealed(f"|{text}")) if self.key else ("", text)
        receiver = f"R{self.receiver}" if self.receiver else ""
        return framed(f'"{star}{token}"{seq:04}{receiver}L{self.line}#{self.account}[{rest}')

    def hears(self, answer: bytes) -> str:
        """Read the word of an answer; raise ValueError when it is not whole, or not for our key."""
        head, _, rest = answer.strip().decode("latin-1").partition("[")
        if framed(f"{head[8:]}[{rest}") != answer:
            raise ValueError("the answer's checksum or length is wrong")
        word = head.split('"')[1]
        if word.startswith("*"):
            opener = self._cipher().decryptor()
            if "|]_" not in (opener.update(bytes.fromhex(rest)) + opener.finalize()).decode("latin-1"):
                raise ValueError("the answer was not sealed by our key")
        return word

    def _sealed(self, text: str) -> str:
        padded = "X" * (-len(text) % _BLOCK) + text
        sealer = self._cipher().encryptor()
        return (sealer.update(padded.encode("latin-1")) + sealer.finalize()).hex()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(bytes(_BLOCK)))


def stamp(at: datetime) -> str:
    """Write a moment as panels do, in GMT."""
    return f"{at.astimezone(UTC):%H:%M:%S,%m-%d-%Y}"


def framed(span: str) -> bytes:
    """Put the checksum and the length around it."""
    raw = span.encode("latin-1")
    return f"\n{fastcrc.crc16.arc(raw):04X}0{len(raw):03X}".encode() + raw + b"\r"
