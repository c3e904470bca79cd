"""The cipher of DC-09: AES in CBC with a zero vector, over padding, a bar, the content and its time."""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from contracts import RefusalReason
from ingest.dc09.frame import Content, parse_content, write_content
from ingest.message import Malformed

BLOCK: Final = 16
KEY_BYTES: Final = frozenset({16, 24, 32})
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_UNREADABLE: Final = Malformed(reason=RefusalReason.UNDECIPHERABLE, detail="the account's key does not open it")


def open_sealed(sealed: bytes, key: bytes) -> Content | Malformed:
    """Read the content with a key; what another key sealed reads as nonsense, and is answered as such."""
    if not sealed or len(sealed) % BLOCK:
        return Malformed(reason=RefusalReason.UNDECIPHERABLE, detail="expected whole blocks of 16 bytes")
    decryptor = _cipher(key).decryptor()
    text = (decryptor.update(sealed) + decryptor.finalize()).decode("latin-1")
    _, bar, rest = text.partition("|")
    content = parse_content(rest) if bar else _UNREADABLE
    return _UNREADABLE if isinstance(content, Malformed) else content


def seal(content: Content, key: bytes, noise: bytes) -> bytes:
    """Seal a content; `noise` (16 bytes by chance) pads it, so that the same words never look the same."""
    text = f"|{write_content(content)}".encode("latin-1")
    padding = bytes(_LETTERS[each % len(_LETTERS)] for each in noise[: BLOCK - len(text) % BLOCK])
    encryptor = _cipher(key).encryptor()
    return encryptor.update(padding + text) + encryptor.finalize()


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    # The vector is the standard's: a receiver cannot choose another.
    return Cipher(algorithms.AES(key), modes.CBC(bytes(BLOCK)))
