"""Every topic of ours: its name, its partitions, what it keeps and for how long."""

from typing import Final

import msgspec

#: A home's shard modulo this is its partition; at most 16 (one per shard), at least twice the workers.
PARTITIONS: Final = 4
_DAY_MS: Final = 24 * 3600 * 1000


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A Kafka topic as it must be created."""

    name: str
    partitions: int
    config: dict[str, str]


READINGS: Final = Topic(
    name="readings",
    partitions=PARTITIONS,
    config={"cleanup.policy": "delete", "retention.ms": str(7 * _DAY_MS), "max.message.bytes": "4194304"},
)
REFUSED: Final = Topic(
    name="readings.refused",
    partitions=1,
    config={"cleanup.policy": "delete", "retention.ms": str(30 * _DAY_MS)},
)
FINDINGS: Final = Topic(
    name="findings",
    partitions=PARTITIONS,
    config={"cleanup.policy": "delete", "retention.ms": str(30 * _DAY_MS)},
)
#: One partition: the console's feed needs one order over all alerts.
ALERTS: Final = Topic(
    name="alerts",
    partitions=1,
    config={"cleanup.policy": "delete", "retention.ms": str(30 * _DAY_MS)},
)
#: Small segments and eager compaction: a worker reads it whole before it starts.
CHECKPOINTS: Final = Topic(
    name="detector-checkpoints",
    partitions=PARTITIONS,
    config={
        "cleanup.policy": "compact",
        "segment.bytes": "67108864",
        "segment.ms": "600000",
        "min.cleanable.dirty.ratio": "0.1",
        "max.message.bytes": "4194304",
    },
)
#: What gateways said word for word, for the engineer's raw view: the diagnosis of a day, and no source of anything.
MESSAGES: Final = Topic(
    name="gateway-messages",
    partitions=PARTITIONS,
    config={
        "cleanup.policy": "delete",
        "retention.ms": str(_DAY_MS),
        "segment.ms": "3600000",
        "max.message.bytes": "4194304",
    },
)

ALL_TOPICS: Final = (READINGS, REFUSED, FINDINGS, ALERTS, CHECKPOINTS, MESSAGES)
