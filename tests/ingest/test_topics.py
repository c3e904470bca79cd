"""A topic names the home, and a wrong one says what is wrong with it."""

import pytest

from contracts import RefusalReason, partition_of, shard_of
from contracts.ids import SHARDS
from contracts.topics import PARTITIONS
from ingest import topics
from ingest.message import Address, Malformed


def test_a_topic_is_read_into_its_parts() -> None:
    shard = shard_of("h-0001")
    parsed = topics.parse(f"home/{shard:02x}/h-0001/zigbee2mqtt/zigbee2mqtt/kitchen/door")
    path = ("zigbee2mqtt", "kitchen", "door")
    assert parsed == Address(shard=shard, home_id="h-0001", dialect="zigbee2mqtt", path=path)


@pytest.mark.parametrize(
    "topic",
    ["", "home", "home/00", "home/00/h-1/native", "home/00//native/x", "home/00/h-1//x", "house/00/h-1/native/x",
     "home/0/h-1/native/x", "home/0G/h-1/native/x", "home/0A/h-1/native/x", f"home/00/{'h' * 65}/native/x",
     "home/00/h\x00/native/x", "$SYS/broker"],
)  # fmt: skip
def test_a_topic_of_another_shape_is_a_bad_topic(topic: str) -> None:
    parsed = topics.parse(topic)
    assert isinstance(parsed, Malformed) and parsed.reason == RefusalReason.BAD_TOPIC


def test_a_home_on_a_foreign_shard_would_lose_its_order_and_is_refused() -> None:
    other = (shard_of("h-0001") + 1) % 16
    parsed = topics.parse(f"home/{other:02x}/h-0001/native/readings")
    assert isinstance(parsed, Malformed) and parsed.reason == RefusalReason.WRONG_SHARD


def test_what_a_gateway_stored_has_the_same_shape_under_another_name() -> None:
    shard = shard_of("h-0001")
    live, late = (topics.parse(f"{tree}/{shard:02x}/h-0001/native/readings") for tree in ("home", "late"))
    assert live == late and isinstance(late, Address)
    assert topics.is_late(f"late/{shard:02x}/h-0001/native/readings") and not topics.is_late("home/late/")


def test_the_sessions_of_all_partitions_hear_every_shard_once_on_each_tree() -> None:
    sessions = [session for partition in range(PARTITIONS) for session in topics.sessions_of(partition)]
    assert len({session.suffix for session in sessions}) == len(sessions) == SHARDS + PARTITIONS
    for tree, late in (("home", False), ("late", True)):
        heard = [each for session in sessions if session.late is late for each in session.filters]
        assert sorted(heard) == [f"{tree}/{shard:02x}/#" for shard in range(SHARDS)]


@pytest.mark.parametrize("partition", range(PARTITIONS))
def test_the_shards_of_a_partition_are_those_whose_homes_are_on_it(partition: int) -> None:
    homes = [f"h-{number}" for number in range(200)]
    of_shards = {home for home in homes if shard_of(home) in topics.shards_of(partition)}
    assert of_shards == {home for home in homes if partition_of(home, partitions=PARTITIONS) == partition}


def test_a_home_is_answered_on_its_own_topics() -> None:
    assert topics.acknowledgement("h-0001") == "ack/h-0001"
    assert topics.command("h-0001", "clock") == "cmd/h-0001/clock"
