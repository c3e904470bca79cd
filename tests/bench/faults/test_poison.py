"""Poison for every topic: nobody of ours can read it as what belongs there."""

import pytest

from bench.faults.plan import POISONS
from bench.faults.poison import poison
from contracts import Finding, ReadingBatch, decode
from contracts.codec import Undecodable
from contracts.topics import ALL_TOPICS, FINDINGS, READINGS
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
