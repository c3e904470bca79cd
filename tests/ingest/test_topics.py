"""A topic names the home, and a wrong one says what is wrong with it."""

import pytest

from contracts import RefusalReason, shard_of
from contracts.topics import PARTITIONS
from ingest import topics
from ingest.message import Address, Malformed
from ingest.service import check
from runtime.settings import BadSettings, Mqtt, Settings


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


def test_a_bridge_serves_whole_partitions() -> None:
    assert topics.partitions_of("+") == frozenset(range(PARTITIONS))
    assert topics.partitions_of("00,04, 08,0c,") == frozenset({0})
    assert topics.partitions_of(",".join(f"{shard:02x}" for shard in range(16))) == frozenset(range(PARTITIONS))


@pytest.mark.parametrize(
    ("shards", "mend"),
    [
        ("00,01", "add 04,05,08,09,0c,0d"),
        ("00,04,08", "add 0c;"),
        ("zz", "expected"),
        ("", "expected"),
        ("+,00", "exp"),
    ],
)
def test_a_bridge_that_would_serve_a_part_of_a_partition_is_told_what_to_add(shards: str, mend: str) -> None:
    with pytest.raises(BadSettings, match=mend):
        check(Settings(mqtt=Mqtt(shards=shards)))


def test_a_bridge_subscribes_to_the_shards_that_it_serves() -> None:
    assert topics.filters("+") == ["home/+/#"]
    assert topics.filters("0a, 0b,") == ["home/0a/#", "home/0b/#"]
    assert topics.acknowledgement("h-0001") == "ack/h-0001"
