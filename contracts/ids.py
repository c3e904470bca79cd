"""Names that can be derived again: a replayed message gets the id that it had the first time."""

from datetime import datetime
from hashlib import blake2b
from typing import NewType
from zlib import crc32

HomeId = NewType("HomeId", str)
SensorId = NewType("SensorId", str)
ReadingId = NewType("ReadingId", str)
FindingId = NewType("FindingId", str)
AlertId = NewType("AlertId", str)
ResponderId = NewType("ResponderId", str)

#: Homes whose id begins so are made up by the service to test itself: nobody lives there, and no board shows them.
SYNTHETIC_PREFIX = "synthetic-"

#: Every home belongs to one of so many shards, for ever: it is part of its MQTT topic.
SHARDS = 16


def shard_of(home_id: str) -> int:
    """Tell the shard (0..15) that a home was given at enrolment; its topic carries it as two hex digits."""
    return crc32(home_id.encode()) % SHARDS


def partition_of(home_id: str, *, partitions: int) -> int:
    """Tell the Kafka partition that all records of a home share, so that its order is kept."""
    return shard_of(home_id) % partitions


def is_synthetic(home_id: str) -> bool:
    """Tell whether a home is made up by the service to test itself."""
    return home_id.startswith(SYNTHETIC_PREFIX)


def reading_id(home_id: str, sensor_id: str, *, kind: str, mark: str) -> ReadingId:
    """Name a reading; `mark` is what tells it from its neighbours (the gateway's sequence, or time and value)."""
    return ReadingId(_digest("reading", home_id, sensor_id, kind, mark))


def finding_id(home_id: str, kind: str, since: datetime) -> FindingId:
    """Name a finding by what it is about, so that a repeat is recognised wherever it comes from."""
    return FindingId(_digest("finding", home_id, kind, since.isoformat()))


def alert_id(home_id: str, hazard: str, first_finding: str) -> AlertId:
    """Name the alert that a finding opened."""
    return AlertId(_digest("alert", home_id, hazard, first_finding))


def _digest(*parts: str) -> str:
    # The separator cannot occur in a part's encoding by accident: it is the unit separator of ASCII.
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
