"""The topics that gateways speak on: `home/<shard>/<home>/<dialect>/<the device's own topic>`."""

from typing import Final

from contracts import RefusalReason, shard_of
from contracts.ids import SHARDS
from contracts.topics import PARTITIONS
from ingest.message import Address, Malformed

_SHAPE: Final = "home/<shard>/<home>/<dialect>/<topic of the device>"
#: Longer names are no names: they would swell every record that carries them.
LONGEST_HOME_ID: Final = 64


def parse(topic: str) -> Address | Malformed:
    """Read a topic into its parts; a wrong shard is a fault, for it would break the order of the home."""
    match topic.split("/"):
        case ["home", shard, home_id, dialect, *path] if dialect and path and _is_name(home_id):
            return _addressed(shard, home_id, dialect, tuple(path))
        case _:
            return Malformed(reason=RefusalReason.BAD_TOPIC, detail=f"expected {_SHAPE}")


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


def filters(shards: str) -> list[str]:
    """Name the subscriptions for a setting such as `+` or `0a,0b`."""
    return [f"home/{shard.strip()}/#" for shard in shards.split(",") if shard.strip()]


def partitions_of(shards: str) -> frozenset[int] | str:
    """Name the partitions of a setting such as `+` or `00,04,08,0c`; unless it has each one whole, say what mends it.

    A partition's signs of life say that all its homes could be heard, so one bridge must hear all of them.
    """
    names = [each.strip() for each in shards.split(",") if each.strip()]
    if names == ["+"]:
        return frozenset(range(PARTITIONS))
    known = {f"{shard:02x}": shard for shard in range(SHARDS)}
    if not names or not set(names) <= known.keys():
        return f"expected `+`, or shards 00 to 0f, comma separated; got {shards!r}"
    served = {known[name] for name in names}
    partitions = frozenset(shard % PARTITIONS for shard in served)
    whole = {shard for shard in known.values() if shard % PARTITIONS in partitions}
    if missing := sorted(whole - served):
        lacking = ",".join(f"{shard:02x}" for shard in missing)
        return f"add {lacking}; shards that share a partition must be served by one bridge"
    return partitions


def acknowledgement(home_id: str) -> str:
    """Name the topic on which a home hears what Kafka holds of it."""
    return f"ack/{home_id}"
