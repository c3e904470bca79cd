"""The topics of gateways: `home/<shard>/<home>/<dialect>/<the device's own topic>`, and `late/...` of the same shape.

What a gateway says now goes under `home`; what it stored while it was cut off goes under `late`, which is heard
through a session of its own: a backlog never stands in front of a cry for help.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from contracts import RefusalReason, shard_of
from contracts.ids import SHARDS
from contracts.topics import PARTITIONS
from ingest.message import LONGEST_TOPIC, Address, Malformed

_SHAPE: Final = "home/<shard>/<home>/<dialect>/<topic of the device>"
#: Longer names are no names: they would swell every record that carries them.
LONGEST_HOME_ID: Final = 64
_LATE: Final = "late/"
#: A longer topic is read anew each time.
_LONGEST_REMEMBERED: Final = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One of our sessions with the broker, by what stands behind the client id, and what it hears."""

    suffix: str
    filters: tuple[str, ...]
    late: bool = False


def parse(topic: str) -> Address | Malformed:
    """Read a topic into its parts; a wrong shard is a fault, for it would break the order of the home."""
    return _remembered(topic) if len(topic) <= _LONGEST_REMEMBERED else _parse(topic)


def _parse(topic: str) -> Address | Malformed:
    if len(topic) > LONGEST_TOPIC:
        return Malformed(reason=RefusalReason.BAD_TOPIC, detail=f"expected at most {LONGEST_TOPIC} characters")
    match topic.split("/"):
        case ["home" | "late", shard, home_id, dialect, *path] if dialect and path and _is_name(home_id):
            return _addressed(shard, home_id, dialect, tuple(path))
        case _:
            return Malformed(reason=RefusalReason.BAD_TOPIC, detail=f"expected {_SHAPE}")


#: Devices say the same topics over and over; what a stranger makes up pushes out what is not used.
_remembered = lru_cache(maxsize=16_384)(_parse)


def is_late(topic: str) -> bool:
    """Tell whether a gateway says by the topic that it stored the message while it was cut off."""
    return topic.startswith(_LATE)


def _addressed(shard: str, home_id: str, dialect: str, path: tuple[str, ...]) -> Address | Malformed:
    if len(shard) != 2 or not set(shard) <= set("0123456789abcdef"):
        return Malformed(reason=RefusalReason.BAD_TOPIC, detail="expected the shard as two hex digits in small letters")
    number = int(shard, 16)
    if number != shard_of(home_id):
        detail = f"expected shard {shard_of(home_id):02x} of this home, got {number:02x}"
        return Malformed(reason=RefusalReason.WRONG_SHARD, detail=detail)
    return Address(shard=number, home_id=home_id, dialect=dialect, path=path)


def _is_name(home_id: str) -> bool:
    return 0 < len(home_id) <= LONGEST_HOME_ID and home_id.isprintable()


def shards_of(partition: int) -> range:
    """Tell the shards that share a partition."""
    return range(partition, SHARDS, PARTITIONS)


def sessions_of(partition: int) -> tuple[Session, ...]:
    """Name the sessions of a partition: one for each shard, and one for all that comes late."""
    live = (_live(shard) for shard in shards_of(partition))
    late = tuple(f"{_LATE}{shard:02x}/#" for shard in shards_of(partition))
    return (*live, Session(suffix=f"late-{partition}", filters=late, late=True))


def _live(shard: int) -> Session:
    return Session(suffix=f"{shard:02x}", filters=(f"home/{shard:02x}/#",))


def acknowledgement(home_id: str) -> str:
    """Name the topic on which a home hears what Kafka holds of it."""
    return f"ack/{home_id}"


def command(home_id: str, topic: str) -> str:
    """Name the topic on which a home's gateway hears a command."""
    return f"cmd/{home_id}/{topic}"
