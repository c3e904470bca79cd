"""Poison for every topic: nobody of ours can read it as what belongs there."""

import pytest

from bench.faults.plan import POISONS
from bench.faults.poison import poison
from contracts import Finding, ReadingBatch, decode
from contracts.codec import Undecodable
from contracts.topics import ALL_TOPICS, FINDINGS, READINGS, Topic
from detectors.checkpoints import decode_chunk


@pytest.mark.parametrize("way", POISONS)
@pytest.mark.parametrize("topic", [topic.name for topic in ALL_TOPICS])
def test_nobody_can_read_it(topic: str, way: str) -> None:
    _, value = poison(topic, way)
    assert decode_chunk(value) is None
    for kind in (Finding, ReadingBatch):
        with pytest.raises(Undecodable):
            decode(value, kind)
    assert topic not in {READINGS.name, FINDINGS.name} or len(value) < 1_000_000


@pytest.mark.parametrize("way", POISONS)
@pytest.mark.parametrize("topic", [topic for topic in ALL_TOPICS if "compact" in topic.config["cleanup.policy"]])
def test_a_compacted_topic_gets_a_key_or_kafka_would_refuse_it(topic: Topic, way: str) -> None:
    key, _ = poison(topic.name, way)
    assert key is not None
