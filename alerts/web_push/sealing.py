"""Seal a message for one browser (RFC 8291, aes128gcm): the push service that carries it cannot read it."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_RECORD_BYTES: Final = 4096
#: More does not fit into one record with its tag and its end.
LARGEST_BYTES: Final = 3_993
#: Marks the end of the last record.
_LAST: Final = b"\x02"
_AUTH_BYTES: Final = 16


class BadKeys(Exception):
    """The keys of a subscription are not those of a browser; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Browser:
    """The keys that a browser made for its subscription."""

    public: EllipticCurvePublicKey = field(repr=False)
    auth: bytes = field(repr=False)


def read_browser(p256dh: str, auth: str) -> Browser:
    """Read the keys of a subscription, or raise BadKeys."""
    try:
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unb64(p256dh))
        secret = unb64(auth)
    except (ValueError, NotBase64) as error:
        raise BadKeys("expected a point on P-256 and 16 bytes, both in base64url") from error
    if len(secret) != _AUTH_BYTES:
        raise BadKeys(f"expected 16 bytes of auth, got {len(secret)}")
    return Browser(public=public, auth=secret)


def seal(text: bytes, browser: Browser, *, once: EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """Seal a text of at most LARGEST_BYTES; the key is for this message only, and so is the salt."""
    ours = point(once.public_key())
    theirs = point(browser.public)
    shared = once.exchange(ECDH(), browser.public)
    key = _derived(browser.auth, shared, b"WebPush: info\0" + theirs + ours, 32)
    sealing = _derived(salt, key, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, key, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD_BYTES.to_bytes(4, "big") + len(ours).to_bytes(1, "big") + ours
    return head + AESGCM(sealing).encrypt(nonce, text + _LAST, None)


def point(public: EllipticCurvePublicKey) -> bytes:
    """Write a public key as the 65 bytes that both sides speak of."""
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def b64(raw: bytes) -> str:
    """Write bytes as base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text: str) -> bytes:
    """Read base64url, padded or not; raise ValueError."""
    return urlsafe_b64decode((text + "=" * (-len(text) % 4)).encode("ascii"))


def _derived(salt: bytes, secret: bytes, about: bytes, length: int) -> bytes:
    """HKDF with SHA-256; no key of ours is longer than one block."""
    extracted = hmac.digest(salt, secret, sha256)
    return hmac.digest(extracted, about + b"\x01", sha256)[:length]
