"""VAPID keys (RFC 8292): by them a push service knows who sends."""

from binascii import Error as NotBase64
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key

from alerts.web_push.keys import b64, point, unb64

_KEY_BYTES: Final = 32


class BadVapidKey(Exception):
    """The setting holds no VAPID private key."""


def read_key(text: str) -> EllipticCurvePrivateKey:
    """Read a private key of 32 bytes in base64url, or raise BadVapidKey."""
    try:
        raw = unb64(text)
        if len(raw) != _KEY_BYTES:
            raise BadVapidKey(f"expected 32 bytes in base64url, got {len(raw)}")
        return derive_private_key(int.from_bytes(raw, "big"), SECP256R1())
    except (ValueError, NotBase64) as error:
        raise BadVapidKey("expected 32 bytes in base64url") from error


def write_key(key: EllipticCurvePrivateKey) -> str:
    """Write a private key as the setting holds it."""
    return b64(key.private_numbers().private_value.to_bytes(_KEY_BYTES, "big"))


def public_key(key: EllipticCurvePrivateKey) -> str:
    """Write the public key as a browser wants it to subscribe."""
    return b64(point(key.public_key()))
