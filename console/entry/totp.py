"""One-time codes: the secret that a telephone keeps, its code of each half minute, and ten codes on paper."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Final

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

STEP_SECONDS: Final = 30
PAPER_CODES: Final = 10
#: Telephones and servers disagree by so many steps at most.
_DRIFT: Final = 1
NONCE_BYTES: Final = 12
#: 60 bits: nobody tries them out, so that a plain digest keeps them.
PAPER_BYTES: Final = 12
#: No 0, 1, I, O: they are read wrongly from paper.
_SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def accepted_step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """Tell which half minute a code belongs to; None when it is wrong, too old, or not later than `after`."""
    current, given = int(now.timestamp()) // STEP_SECONDS, code.replace(" ", "")
    for step in range(max(after + 1, current - _DRIFT), current + _DRIFT + 1):
        if compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), given.encode()):
            return step
    return None


def address_of(secret: str, name: str) -> str:
    """Write what the QR code holds: an app reads the secret and the account's name from it."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Dolbom")


def in_groups(secret: str) -> str:
    """Write a secret in groups of four, for whoever types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def paper_code(chance: bytes) -> str:
    """Write a code for paper: three groups of four signs."""
    signs = "".join(_SIGNS[byte % 32] for byte in chance[:PAPER_BYTES])
    return "-".join(signs[at : at + 4] for at in range(0, PAPER_BYTES, 4))


def digest_of(code: str) -> bytes:
    """Digest a paper code, however it was typed."""
    return sha256("".join(sign for sign in code.upper() if sign in _SIGNS).encode()).digest()


def looks_like_paper(code: str) -> bool:
    """Tell a paper code from the figures of an app."""
    return not code.replace(" ", "").isdigit()


def sealed(key: str, name: str, secret: str, nonce: bytes) -> bytes:
    """Seal a secret for the database: a stolen copy of it gives no codes, and the row of another account opens none."""
    return nonce + AESGCM(_key(key)).encrypt(nonce, secret.encode(), name.encode())


def opened(key: str, name: str, sealed_secret: bytes) -> str | None:
    """Open a sealed secret; None when the key is another one now, or the row was somebody else's."""
    try:
        plain = AESGCM(_key(key)).decrypt(sealed_secret[:NONCE_BYTES], sealed_secret[NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError):
        return None
    return plain.decode()


def digests_of(codes: Iterable[str]) -> list[bytes]:
    """Digest the paper codes of an account."""
    return [digest_of(code) for code in codes]


def _key(key: str) -> bytes:
    return sha256(b"dolbom one-time codes\x1f" + key.encode()).digest()
