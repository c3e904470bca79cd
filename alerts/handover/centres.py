"""A centre as it is kept: how it is reached, who we are for it, and its key, sealed."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alerts.handover.frames import Token

NONCE_BYTES: Final = 12
KEY_BYTES: Final = frozenset({16, 24, 32})
#: After each try that brought no answer; the last again and again, until the alert comes back by itself.
WAITS: Final = (timedelta(seconds=1), timedelta(seconds=4), timedelta(seconds=10))
_PURPOSE: Final = b"dolbom centre key"


class BadCentre(Exception):
    """A centre cannot be kept as it was given; the message says what was expected."""


class Way(StrEnum):
    """How a centre is spoken to."""

    DC09 = "dc09"
    WEBHOOK = "webhook"


@dataclass(frozen=True, kw_only=True)
class Centre:
    """Another alarm centre."""

    centre_id: str
    name: str
    way: Way
    address: str
    account: str = ""
    receiver: str = ""
    line: str = "0"
    token: Token = Token.SIA
    locked_key: bytes | None = field(default=None, repr=False)


def checked(centre: Centre) -> Centre:
    """Answer the centre when it can be spoken to; raise BadCentre otherwise."""
    if centre.way is Way.WEBHOOK:
        if not centre.address.startswith(("https://", "http://")):
            raise BadCentre("expected a URL as address of a webhook")
        return centre
    host_and_port(centre.address)
    if not 3 <= len(centre.account) <= 16:
        raise BadCentre("expected an account of 3 to 16 hex digits for DC-09")
    return centre


def host_and_port(address: str) -> tuple[str, int]:
    """Part `host:port`; raise BadCentre when it is none."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise BadCentre("expected host:port as address for DC-09")
    return host.strip("[]"), int(port)


def key_of(typed: str) -> bytes:
    """Read a key of 32, 48 or 64 hex digits; raise BadCentre when it is none."""
    try:
        key = bytes.fromhex(typed.strip())
    except ValueError:
        key = b""
    if len(key) not in KEY_BYTES:
        raise BadCentre("expected a key of 32, 48 or 64 hex digits")
    return key


def lock(key: bytes, centre_id: str, *, secret: str, nonce: bytes) -> bytes:
    """Seal a key for the database; it opens only for this centre, and only with this secret."""
    return nonce + _box(secret).encrypt(nonce, key, centre_id.encode())


def unlock(locked: bytes, centre_id: str, *, secret: str) -> bytes:
    """Open a key of the database; raise BadCentre when the secret or the centre is another."""
    try:
        return _box(secret).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], centre_id.encode())
    except (InvalidTag, ValueError) as error:
        raise BadCentre("DOLBOM_ALERTS_CENTRE_SECRET does not open the key of this centre") from error


def wait_after(attempt: int) -> timedelta:
    """Tell how long to wait after a try that brought no answer, counted from 1."""
    return WAITS[min(attempt, len(WAITS)) - 1]


def _box(secret: str) -> AESGCM:
    return AESGCM(sha256(_PURPOSE + secret.encode()).digest())
