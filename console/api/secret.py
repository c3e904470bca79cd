"""How a token looks, and how it is known again: `dlb_<id>_<secret>`, of which only a digest is kept."""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

#: What a token begins with, so that a search for leaked secrets finds it.
MARK: Final = "dlb"
#: 256 bits that nobody can guess: a slow hash would add nothing but load.
SECRET_BYTES: Final = 32
ID_PATTERN: Final = "^[a-z0-9][a-z0-9-]{1,31}$"
_WRITTEN: Final = re.compile(rf"{MARK}_([a-z0-9][a-z0-9-]{{1,31}})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A token as another system sends it. Its repr does not tell the secret."""

    token_id: str
    secret: str = field(repr=False)


def write(token_id: str, chance: bytes) -> str:
    """Write a new token; it is shown once."""
    return f"{MARK}_{token_id}_{urlsafe_b64encode(chance).rstrip(b'=').decode()}"


def read(header: str) -> Shown | None:
    """Read an Authorization header; None when it holds no token of ours."""
    scheme, _, written = header.partition(" ")
    found = _WRITTEN.fullmatch(written.strip())
    if scheme.lower() != "bearer" or found is None:
        return None
    return Shown(token_id=found[1], secret=found[2])


def digest(secret: str) -> bytes:
    """Digest a secret for the database, so that a stolen table opens nothing."""
    return sha256(secret.encode()).digest()


def is_same(secret: str, kept: bytes) -> bool:
    """Tell whether a secret is the one whose digest was kept, in the same time whether it is or not."""
    return hmac.compare_digest(digest(secret), kept)
