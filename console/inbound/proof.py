"""Whether a request comes from the provider: a signature over its body and its time, or a token that both know."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from alerts.gateway.template import Proof

#: What was signed longer ago could be a replay.
TOLERANCE: Final = timedelta(minutes=5)


class Proved(StrEnum):
    """What the proof of a request is worth; the word is also the metric's label."""

    GOOD = "good"
    MISSING = "missing"
    FORGED = "forged"
    #: Its time is not now.
    OLD = "old"


def proved(proof: Proof, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Proved:
    """Tell whether a request was made by somebody who knows the secret, and lately."""
    value = headers.get(proof.header.lower(), "")
    if not value.startswith(proof.prefix) or value == proof.prefix:
        return Proved.MISSING
    told = value.removeprefix(proof.prefix)
    if proof.kind == "token":
        return Proved.GOOD if _same(told, secret) else Proved.FORGED
    timestamp = headers.get(proof.timestamp_header.lower(), "")
    if not timestamp.isascii() or not timestamp.isdigit():
        return Proved.MISSING
    if not _same(told.lower(), signed(secret, timestamp, body)):
        return Proved.FORGED
    # Only after the signature: nobody else's clock is of interest.
    return Proved.GOOD if abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds() else Proved.OLD


def signed(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body and its time, as the provider does."""
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + body, sha256).hex()


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
