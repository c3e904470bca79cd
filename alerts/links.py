"""Capability links: a token lets one responder see and answer one alert for a while, and nothing else."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from contracts import AlertId, ResponderId

#: A link lives so long after the call.
LIFETIME: Final = timedelta(hours=24)
_MARK_BYTES: Final = 16


@dataclass(frozen=True, kw_only=True)
class LinkClaim:
    """What a good token says."""

    alert_id: AlertId
    responder_id: ResponderId
    expires_at: datetime


class LinkFault(StrEnum):
    """Why a token is turned away."""

    UNREADABLE = "unreadable"
    FORGED = "forged"
    EXPIRED = "expired"


def make_token(secret: str, alert_id: AlertId, responder_id: ResponderId, expires_at: datetime) -> str:
    """Make a token that cannot be guessed or changed without the secret."""
    claim = "\x1f".join((str(int(expires_at.timestamp())), alert_id, responder_id)).encode()
    return urlsafe_b64encode(_mark(secret, claim) + claim).decode().rstrip("=")


def read_token(secret: str, token: str, now: datetime) -> LinkClaim | LinkFault:
    """Read a token, or say why it is turned away."""
    try:
        raw = urlsafe_b64decode((token + "=" * (-len(token) % 4)).encode("ascii"))
    except (NotBase64, ValueError):
        return LinkFault.UNREADABLE
    mark, claim = raw[:_MARK_BYTES], raw[_MARK_BYTES:]
    if len(mark) < _MARK_BYTES or not claim:
        return LinkFault.UNREADABLE
    # Before anything in the claim is believed.
    if not hmac.compare_digest(mark, _mark(secret, claim)):
        return LinkFault.FORGED
    expires, alert_id, responder_id = claim.decode().split("\x1f")
    expires_at = datetime.fromtimestamp(int(expires), UTC)
    if now >= expires_at:
        return LinkFault.EXPIRED
    return LinkClaim(alert_id=AlertId(alert_id), responder_id=ResponderId(responder_id), expires_at=expires_at)


def _mark(secret: str, claim: bytes) -> bytes:
    # The purpose is part of what is signed: a signature of something else is no link.
    return hmac.digest(secret.encode(), b"dolbom link 1\x1f" + claim, sha256)[:_MARK_BYTES]
