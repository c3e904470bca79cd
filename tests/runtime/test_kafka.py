"""Our delivery rules, on the embedded broker and on Apache Kafka."""

import asyncio
from dataclasses import replace

import msgspec
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.topics import ALL_TOPICS, FINDINGS, READINGS
from deploy.embedded.apache_kafka import LocalApacheKafka
from deploy.embedded.children import loopback_port
from runtime.kafka import TopicsDiffer, consumer_of, consuming, create_topics, name_of, producing
from runtime.settings import Kafka

pytestmark = pytest.mark.door


def impatient(settings: Kafka) -> Kafka:
    """The embedded broker hears of a member's leaving only when its session ends."""
    return replace(settings, session_timeout_seconds=3)


async def test_every_topic_is_made_with_its_partitions(any_kafka: Kafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=any_kafka.bootstrap)
    await admin.start()
    try:
        names = [name_of(topic, any_kafka) for topic in ALL_TOPICS]
        told = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics(names)}
    finally:
        await admin.close()
    assert told == {name_of(topic, any_kafka): topic.partitions for topic in ALL_TOPICS}


async def test_services_that_start_together_make_the_topics_once(any_kafka: Kafka) -> None:
    fresh = Kafka(bootstrap=any_kafka.bootstrap, topic_prefix=f"{any_kafka.topic_prefix}again-")
    await asyncio.gather(*(create_topics(fresh) for _ in range(4)))
    async with producing(fresh) as producer:
        sent = await producer.send_and_wait(name_of(READINGS, fresh), b"x", partition=READINGS.partitions - 1)
    assert sent.offset == 0


async def test_a_topic_with_too_few_partitions_is_told_with_its_mend(any_kafka: Kafka) -> None:
    fresh = replace(any_kafka, topic_prefix=f"{any_kafka.topic_prefix}narrow-")
    await create_topics(fresh, [msgspec.structs.replace(READINGS, partitions=1)])
    with pytest.raises(TopicsDiffer, match="narrow-readings has 1 partitions of 4: add partitions"):
        await create_topics(fresh)


@pytest.mark.real
async def test_more_copies_than_there_are_brokers_are_told_with_their_mend(real_kafka: LocalApacheKafka) -> None:
    bold = Kafka(bootstrap=real_kafka.bootstrap, topic_prefix="bold-", replication=3)
    with pytest.raises(TopicsDiffer, match=r"bold-readings: InvalidReplicationFactorError.*DOLBOM_KAFKA_REPLICATION"):
        await create_topics(bold)


async def test_a_consumer_never_commits_by_itself(any_kafka: Kafka) -> None:
    name = name_of(FINDINGS, any_kafka)
    async with producing(any_kafka) as producer:
        for number in range(5):
            await producer.send_and_wait(name, str(number).encode(), partition=0)
    for _ in range(2):  # the second reader of the group begins where the first began
        async with consuming(impatient(any_kafka), FINDINGS, group="readers") as consumer:
            heard = [await asyncio.wait_for(consumer.getone(), 20) for _ in range(5)]
            assert [record.value for record in heard] == [b"0", b"1", b"2", b"3", b"4"]
            assert await consumer.committed(TopicPartition(name, 0)) is None


async def test_what_was_committed_is_not_heard_again(any_kafka: Kafka) -> None:
    name = name_of(FINDINGS, any_kafka)
    async with producing(any_kafka) as producer:
        for number in range(3):
            await producer.send_and_wait(name, str(number).encode(), partition=0)
    async with consuming(impatient(any_kafka), FINDINGS, group="readers") as consumer:
        await asyncio.wait_for(consumer.getone(), 20)
        await consumer.commit({TopicPartition(name, 0): 2})
    async with consuming(impatient(any_kafka), FINDINGS, group="readers") as consumer:
        assert (await asyncio.wait_for(consumer.getone(), 20)).value == b"2"


async def test_a_record_of_a_whole_checkpoint_fits(any_kafka: Kafka) -> None:
    async with producing(any_kafka) as producer:
        await producer.send_and_wait(name_of(READINGS, any_kafka), b"x" * 900_000, partition=0)
    async with consuming(any_kafka, READINGS, group=None) as consumer:
        assert len((await asyncio.wait_for(consumer.getone(), 20)).value) == 900_000


async def test_a_service_waits_for_a_broker_that_is_not_there_yet() -> None:
    nowhere = Kafka(bootstrap=f"127.0.0.1:{loopback_port()}")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5), producing(nowhere):
            raise AssertionError("there is no broker")


def test_two_installations_share_a_cluster_by_their_prefix() -> None:
    async def name() -> str:
        settings = Kafka(topic_prefix="seoul-")
        consumer = consumer_of(settings, READINGS, group="detectors")
        await consumer.stop()
        return f"{consumer._group_id} {name_of(READINGS, settings)}"

    assert asyncio.run(name()) == "seoul-detectors seoul-readings"
