"""What is measured means what it says: each sample leads to a finding of its hazard, each figure to its rank."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.__main__ import NOT_MEASURED
from bench.machine import machine, percentile
from bench.samples import Sample, samples, staged, street_of
from contracts import Hazard, ReadingBatch
from detectors.checkpoints import CHUNKS
from detectors.chunk import Chunk
from detectors.partition import Partition
from homes.model import watched_home
from ingest.files import load_profiles
from ingest.intake import Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
LEARNED = Learned(profiles=load_profiles())
LIMITS = Limits(largest_payload_bytes=262_144, late_after=timedelta(minutes=5))


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_each_sample_is_an_emergency_of_its_hazard(sample: Sample) -> None:
    street, (cry,) = staged(street_of(1, webhook=""), [sample], cries=1)
    home = watched_home(street.homes[0])
    message = GatewayMessage(topic=cry.message.topic, payload=cry.message.payload, received_at=NOW)
    heard = take_in(message, {home.home_id: home}, LIMITS, LEARNED)
    partition = Partition([Chunk() for _ in range(CHUNKS)], 0)
    findings = partition.apply(ReadingBatch(batched_at=NOW, homes=(home,), readings=heard.readings), 0)
    assert sample.hazard in {finding.hazard for finding in findings}


def test_a_street_is_cast_in_turns() -> None:
    street, cries = staged(street_of(7, webhook=""), samples()[:2], cries=5)
    assert len(street.homes) == 7
    assert [cry.sample.name for cry in cries] == [samples()[number % 2].name for number in range(5)]


def test_the_worst_of_a_hundred_is_its_hundredth_and_p99_its_ninety_ninth() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1.0)) == (50, 99, 100)
    assert percentile([], 0.5) != percentile([], 0.5)  # not a number
    assert "cores" in machine()


def test_what_is_not_measured_is_named_with_its_reason() -> None:
    assert Hazard.WATER not in {sample.hazard for sample in samples()}
    assert NOT_MEASURED.startswith("water leak: not measured") and "15 minutes" in NOT_MEASURED
