"""Cut frames out of a flow of bytes: several at once, halves, and rubbish between them."""

from typing import Final

from contracts import RefusalReason
from ingest.dc09.frame import LARGEST_FRAME
from ingest.message import Malformed

_LF: Final = b"\n"
_CR: Final = b"\r"
_RUBBISH: Final = Malformed(reason=RefusalReason.NO_FRAME, detail="bytes stand outside of any frame")
_ENDLESS: Final = Malformed(
    reason=RefusalReason.TOO_LARGE, detail=f"expected a frame's end within {LARGEST_FRAME} bytes"
)


class Cutter:
    """What is held of one connection. Mutable, one owner; it never holds more than one frame's worth."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def waits(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._held)

    def feed(self, chunk: bytes) -> list[bytes | Malformed]:
        """Take what came; answer what stands between each LF and CR, and a reason for what is no frame."""
        *pieces, rest = (self._held + chunk).split(_CR)
        cut: list[bytes | Malformed] = []
        for piece in pieces:
            # A frame that was cut off is followed by the LF of the next: the last LF before a CR counts.
            before, begun, body = piece.rpartition(_LF)
            cut += _faults(before if begun else piece)
            if body.strip() and begun:
                cut.append(body if len(body) <= LARGEST_FRAME else _ENDLESS)
        before, begun, body = rest.rpartition(_LF)
        cut += _faults(before if begun else rest)
        self._held = begun + body if begun else b""
        if len(self._held) > LARGEST_FRAME + 1:
            self._held = b""
            cut.append(_ENDLESS)
        return cut


def _faults(rubbish: bytes) -> list[Malformed]:
    return [_RUBBISH] if rubbish.strip(b"\r\n\x00 ") else []
