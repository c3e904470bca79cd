"""The keys of a browser's subscription, in the form in which both sides speak of them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_AUTH_BYTES: Final = 16


class BadKeys(Exception):
    """The keys of a subscription are not those of a browser; the message says which."""


def check_keys(p256dh: str, auth: str) -> None:
    """Raise BadKeys unless these are a point on P-256 and 16 bytes (RFC 8291, section 3)."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unb64(p256dh))
        secret = unb64(auth)
    except (ValueError, NotBase64) as error:
        raise BadKeys("expected a point on P-256 and 16 bytes, both in base64url") from error
    if len(secret) != _AUTH_BYTES:
        raise BadKeys(f"expected 16 bytes of auth, got {len(secret)}")


def point(public: EllipticCurvePublicKey) -> bytes:
    """Write a public key as the 65 bytes that both sides speak of."""
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def b64(raw: bytes) -> str:
    """Write bytes as base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text: str) -> bytes:
    """Read base64url, padded or not; raise ValueError."""
    return urlsafe_b64decode((text + "=" * (-len(text) % 4)).encode("ascii"))
