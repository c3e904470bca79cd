"""How an outgoing webhook is signed, and how its receiver checks it."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

SIGNATURE_HEADER: Final = "Dolbom-Signature"
TIMESTAMP_HEADER: Final = "Dolbom-Timestamp"
KEY_HEADER: Final = "Idempotency-Key"
#: A receiver turns away what was signed longer ago: it could be a replay.
TOLERANCE: Final = timedelta(minutes=5)


def sign(secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """Make the headers that prove who wrote a body, and when."""
    timestamp = str(int(at.timestamp()))
    return {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: f"v1={_digest(secret, timestamp, body)}"}


def verify(secret: str, body: bytes, *, timestamp: str, signature: str, now: datetime) -> bool:
    """Tell whether a body was signed with this secret, and lately."""
    if not timestamp.isascii() or not timestamp.isdigit():
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    return hmac.compare_digest(signature.encode(), f"v1={_digest(secret, timestamp, body)}".encode())


def _digest(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + body, sha256).hex()
