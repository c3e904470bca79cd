"""Who may do what on Kafka, as the table says it."""

from collections import Counter

import pytest

from contracts.topics import ALL_TOPICS
from deploy.cluster.rights import ADMIN, DESCRIBE, GROUP, READ, READS, TOPIC, WRITE, WRITES, rights


def test_nobody_but_the_administrator_makes_topics_and_rights() -> None:
    assert ADMIN not in {right.service for right in rights()}
    assert {right.operation for right in rights()} == {READ, WRITE, DESCRIBE}


def test_every_topic_but_the_checkpoints_has_writers_and_only_its_writers_write_it() -> None:
    writers = Counter(topic.name for topics in WRITES.values() for topic in topics)
    assert set(writers) == {topic.name for topic in ALL_TOPICS}
    # What could not be read is refused by whoever met it; everything else has one source.
    assert {name for name, count in writers.items() if count > 1} == {"readings.refused"}


@pytest.mark.parametrize("service", READS)
def test_a_service_sees_that_all_topics_are_there(service: str) -> None:
    mine = {right.name for right in rights() if (right.service, right.operation) == (service, DESCRIBE)}
    assert mine == {topic.name for topic in ALL_TOPICS}


def test_topics_and_groups_are_called_as_the_installation_calls_them() -> None:
    assert all(right.name.startswith("town-") for right in rights("town-"))
    assert {(right.service, right.name) for right in rights("town-") if right.resource == GROUP} == {
        ("detectors", "town-detectors"),
        ("alerts", "town-alerts"),
    }
    assert {right.resource for right in rights()} == {TOPIC, GROUP}
