"""VAPID (RFC 8292): how a push service knows who sends, and whom to write to when we misbehave."""

from binascii import Error as NotBase64
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from alerts.web_push.sealing import b64, point, unb64

#: A push service refuses a token that is good for more than a day.
_GOOD_FOR: Final = timedelta(hours=12)
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


def authorization(key: EllipticCurvePrivateKey, endpoint: str, contact: str, now: datetime) -> str:
    """Prove to the push service of an endpoint that it is we who send."""
    to = urlsplit(endpoint)
    claims = {"aud": f"{to.scheme}://{to.netloc}", "exp": int((now + _GOOD_FOR).timestamp())}
    if contact:
        claims["sub"] = contact
    said = ".".join(b64(msgspec.json.encode(part)) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(said.encode(), ECDSA(SHA256())))
    signature = r.to_bytes(_KEY_BYTES, "big") + s.to_bytes(_KEY_BYTES, "big")
    return f"vapid t={said}.{b64(signature)}, k={public_key(key)}"
