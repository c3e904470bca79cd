"""Records that nobody can read, or that read as something else: one for each way and topic."""

from collections.abc import Mapping
from typing import Final

from contracts.topics import ALERTS, CHECKPOINTS, FINDINGS, MESSAGES, READINGS, REFUSED

#: Below what a broker takes, far above what anybody of ours writes.
HUGE_BYTES: Final = 900_000
#: What each topic's records begin like, cut off in their midst.
_TRUNCATED: Final[Mapping[str, bytes]] = {
    READINGS.name: b'{"batched_at":"2026-01-01T00:00:00Z","readings":[{"reading_id":"poison","home_id":"h-00',
    REFUSED.name: b'{"home_id":"h-0001","reason":"too_la',
    FINDINGS.name: b'{"finding_id":"poison","home_id":"h-0001","kind":"help_button","hazard":"he',
    ALERTS.name: b'{"alert_id":"poison","home_id":"h-0001","hazard":"help","seve',
    CHECKPOINTS.name: b"\x83\xa7version\x04\xa5chunk\x89",
    MESSAGES.name: b'{"messages":[{"home_id":"h-0001","topic":"home/00/h-',
}
#: Whole JSON that is something else.
_WRONG: Final[Mapping[str, bytes]] = {
    READINGS.name: b'{"batched_at":"2026-01-01T00:00:00Z","readings":"help","homes":17}',
    REFUSED.name: b'["a","list",null]',
    FINDINGS.name: b'{"finding_id":17,"home_id":null,"kind":"help_button","hazard":"weather","phase":"began"}',
    ALERTS.name: b'{"alert_id":true,"state":"happy","version":"first"}',
    CHECKPOINTS.name: b"\x82\xa7version\x04\xa5chunk\xa5hello",
    MESSAGES.name: b'{"messages":{"home_id":"h-0001"}}',
}
_GARBAGE: Final = bytes(range(256)) * 2 + b"\xff\xfe\x00poison"


def poison(topic: str, way: str) -> tuple[bytes | None, bytes]:
    """Make a record for a topic: its key and its value."""
    match way:
        case "truncated":
            return b"h-0001", _TRUNCATED[topic]
        case "wrong_type":
            return b"h-0001", _WRONG[topic]
        case "huge":
            return b"h-0001", b'{"readings":["' + b"x" * HUGE_BYTES + b'"]}'
        case "empty":
            # An empty value is no tombstone: a reader must not take it for one.
            # A compacted topic takes nothing without a key.
            return (b"h-0001" if topic == CHECKPOINTS.name else None), b""
        case "wrong_key":
            # Under the very key of a checkpoint's chunk, which compaction then keeps instead of ours.
            return b"chunk-03", _GARBAGE
        case _:
            return b"\xff\x00", _GARBAGE
