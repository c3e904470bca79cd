"""Claim codes: what an engineer types or scans once, and what the database keeps of it."""

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Final

#: Crockford's 32 symbols: no I, L, O and U, which are taken for 1, 1, 0 and V.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 80 bits are 16 symbols: four tell which claim is meant, twelve (60 bits) must be known.
ENTROPY_BYTES: Final = 10
_SYMBOLS: Final = 16
_SELECTOR: Final = 4
_GROUP: Final = 4
_MISTAKEN: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})

#: A claim lives so long unless a bulk import says otherwise.
LIVES: Final = timedelta(minutes=10)
#: Printed codes of a bulk import travel to the field; longer than this they are made anew.
LONGEST_LIFE: Final = timedelta(hours=72)
#: After so many wrong guesses a claim is worth nothing.
MOST_GUESSES: Final = 5


def code_of(entropy: bytes) -> str:
    """Make a code of 80 random bits."""
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"expected {ENTROPY_BYTES} bytes, got {len(entropy)}")
    number = int.from_bytes(entropy)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_SYMBOLS)))


def shown(code: str) -> str:
    """Write a code in groups of four, as people read and type it."""
    return "-".join(code[place : place + _GROUP] for place in range(0, len(code), _GROUP))


def read_code(typed: str) -> str | None:
    """Read what was typed, forgiving case, blanks and look-alikes; None when it cannot be a code."""
    code = typed.strip().upper().translate(_MISTAKEN)
    return code if len(code) == _SYMBOLS and set(code) <= set(ALPHABET) else None


def selector_of(code: str) -> str:
    """Tell which claim a code means; this part alone opens nothing."""
    return code[:_SELECTOR]


def digest_of(code: str) -> bytes:
    """Digest a code for the database: 60 bits that live minutes need no slow hash."""
    return sha256(b"dolbom claim " + code.encode()).digest()


def is_code_of(code: str, digest: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest_of(code), digest)
