"""What a forwarding gateway makes of a message that it heard in its home, and whether it is a cry."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

#: What devices of common dialects write when somebody needs help; such a message waits behind nothing.
CRIES: Final = (
    *(b"emergency", b"sos", b"panic", b"help", b"fall"),
    *(b'"smoke":true', b'"gas":true', b'"carbon_monoxide":true', b'"alarm":true'),
    # Which word a registered button says is known to the service alone.
    b'"action":"',
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Topics of the home's own broker, and the dialect that is spoken on them."""

    topics: str
    dialect: str


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message of the home's own broker."""

    topic: str
    payload: bytes
    retained: bool
    at: datetime


def source(written: str) -> Source | str:
    """Read `topics=dialect`, or say what is wrong with it."""
    topics, _, dialect = written.rpartition("=")
    if not topics or not dialect:
        return f"expected topics=dialect, such as zigbee2mqtt/#=zigbee2mqtt; got {written!r}"
    return Source(topics=topics, dialect=dialect)


def forwarded(heard: Heard, dialect: str) -> dict[str, object]:
    """Wrap a message as ingest reads it."""
    told: dict[str, object] = {"dialect": dialect, "topic": heard.topic, "at": heard.at.astimezone(UTC).isoformat()}
    if heard.retained:
        told["retained"] = True
    try:
        return {**told, "payload": heard.payload.decode()}
    except UnicodeDecodeError:
        return {**told, "base64": heard.payload}  # msgspec writes bytes as base64


def cries(payload: bytes) -> bool:
    """Tell whether a message looks like a cry; in doubt it does."""
    said = payload.lower().replace(b" ", b"")
    return any(word in said for word in CRIES)
