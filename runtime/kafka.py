"""Kafka by our delivery rules: acks from all, a failed send is an error, offsets move after the effect."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaError,
    NoError,
    NotControllerError,
    RequestTimedOutError,
    TopicAlreadyExistsError,
    for_code,
)

from contracts.topics import ALL_TOPICS, Topic
from runtime.settings import Kafka

log = structlog.get_logger()


class KafkaAway(Exception):
    """Kafka did not answer within the bound; try again, or look at the brokers."""


class TopicsDiffer(Exception):
    """The topics are not as they must be, and cannot be made so by us; the message names the mend."""


#: The brokers are not up to it yet.
_PASSING: Final = frozenset({RequestTimedOutError, NotControllerError})


def name_of(topic: Topic, settings: Kafka) -> str:
    """Name the topic as this installation does."""
    return settings.topic_prefix + topic.name


def tls_of(settings: Kafka) -> ssl.SSLContext | None:
    """Make what a line to the brokers is sealed with; None when it is not. Files are read anew with each client."""
    if not settings.ca_file:
        return None
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.certificate_file:
        context.load_cert_chain(settings.certificate_file, settings.key_file or None)
    return context


def security_of(settings: Kafka) -> dict[str, Any]:
    """Tell a client of aiokafka how to reach the brokers, and who we are."""
    context = tls_of(settings)
    return {
        "bootstrap_servers": settings.bootstrap,
        **({"security_protocol": "SSL", "ssl_context": context} if context else {}),
    }


def producer_of(settings: Kafka, *, linger_ms: int = 0) -> AIOKafkaProducer:
    """Make a producer that believes a record is sent only when all in-sync copies have it."""
    return AIOKafkaProducer(
        **security_of(settings),
        acks="all",
        enable_idempotence=settings.idempotence,
        linger_ms=linger_ms,
        max_batch_size=1 << 20,
        max_request_size=4 << 20,
        request_timeout_ms=20_000,
        retry_backoff_ms=100,
    )


def consumer_of(settings: Kafka, *topics: Topic, group: str | None, newest: bool = False) -> AIOKafkaConsumer:
    """Make a consumer that never commits by itself."""
    return AIOKafkaConsumer(
        *(name_of(topic, settings) for topic in topics),
        **security_of(settings),
        group_id=settings.topic_prefix + group if group else None,
        enable_auto_commit=False,
        auto_offset_reset="latest" if newest else "earliest",
        session_timeout_ms=int(settings.session_timeout_seconds * 1000),
        heartbeat_interval_ms=max(300, int(settings.session_timeout_seconds * 1000 / 6)),
        # The embedded broker looks for new records only every half of it; Kafka answers at once.
        fetch_max_wait_ms=50,
        max_partition_fetch_bytes=4 << 20,
    )


@asynccontextmanager
async def producing(settings: Kafka, *, linger_ms: int = 0) -> AsyncIterator[AIOKafkaProducer]:
    """Hold a started producer; wait for Kafka as long as it takes, saying so."""
    while True:
        producer = producer_of(settings, linger_ms=linger_ms)
        if await _started(producer):
            break
    try:
        yield producer
    finally:
        await _stopped(producer)


@asynccontextmanager
async def consuming(
    settings: Kafka, *topics: Topic, group: str | None, newest: bool = False
) -> AsyncIterator[AIOKafkaConsumer]:
    """Hold a started consumer; wait for Kafka as long as it takes, saying so."""
    while True:
        consumer = consumer_of(settings, *topics, group=group, newest=newest)
        if await _started(consumer):
            break
    try:
        yield consumer
    finally:
        await _stopped(consumer)


async def create_topics(settings: Kafka, topics: Sequence[Topic] = ALL_TOPICS) -> None:
    """Create the topics that are missing; raise KafkaAway when no broker answers within 60 s, else TopicsDiffer."""
    for _ in range(120):
        admin = AIOKafkaAdminClient(**security_of(settings), request_timeout_ms=10_000)
        try:
            await admin.start()
            await _create_missing(admin, settings, topics)
            await _until_known(admin, {name_of(topic, settings): topic.partitions for topic in topics})
        except (KafkaError, OSError):
            await asyncio.sleep(0.5)
        else:
            return
        finally:
            await admin.close()
    raise KafkaAway(f"no Kafka broker answered at {settings.bootstrap} within 60 s")


async def _create_missing(admin: AIOKafkaAdminClient, settings: Kafka, topics: Sequence[Topic]) -> None:
    there = set(await admin.list_topics())
    for topic in topics:
        name = name_of(topic, settings)
        if name in there:
            continue
        durability = {"min.insync.replicas": str(settings.min_insync)} if settings.min_insync > 1 else {}
        answer = await admin.create_topics(
            [
                NewTopic(
                    name=name,
                    num_partitions=topic.partitions,
                    replication_factor=settings.replication,
                    topic_configs=topic.config | durability,
                )
            ]
        )
        if _was_created(name, answer.to_object()):
            log.info("topic_created", topic=name)


def _was_created(name: str, answer: dict[str, list[dict[str, Any]]]) -> bool:
    """Read the broker's answer: it tells of an error by a code, and the client does not raise it."""
    for told in answer["topic_errors"]:
        error = for_code(told["error_code"])
        if error is TopicAlreadyExistsError:  # another service was quicker
            return False
        if error is NoError:
            continue
        if error.retriable or error in _PASSING:
            raise error(name)
        raise TopicsDiffer(
            f"the brokers refuse to create {name}: {error.__name__} {told.get('error_message') or ''}; look at"
            " DOLBOM_KAFKA_REPLICATION and DOLBOM_KAFKA_MIN_INSYNC, at the number of brokers and at our rights"
        )
    return True


async def _until_known(admin: AIOKafkaAdminClient, wanted: dict[str, int]) -> None:
    # Apache Kafka answers before its brokers know the topic; a consumer that joined now would get no partition.
    for _ in range(100):
        described = await admin.describe_topics(list(wanted))
        there = {topic["topic"]: len(topic["partitions"]) for topic in described}
        if all(there.get(name) for name in wanted):
            return _refuse_fewer(there, wanted)
        await asyncio.sleep(0.05)
    raise KafkaAway(
        f"the brokers do not know {[name for name in wanted if not there.get(name)]} 5 s after their creation"
    )


def _refuse_fewer(there: dict[str, int], wanted: dict[str, int]) -> None:
    fewer = [f"{name} has {there[name]} partitions of {count}" for name, count in wanted.items() if there[name] < count]
    if fewer:
        raise TopicsDiffer(f"{'; '.join(fewer)}: add partitions with kafka-topics --alter --partitions")


async def _started(client: AIOKafkaProducer | AIOKafkaConsumer) -> bool:
    try:
        await client.start()
    except (KafkaError, OSError) as error:
        log.warning("kafka_not_reached", error=type(error).__name__)
        await _stopped(client)
        await asyncio.sleep(0.5)
        return False
    return True


async def _stopped(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    # A dead broker would hold the stop for ever; what was not acknowledged will be sent again by its source.
    try:
        async with asyncio.timeout(2):
            await client.stop()
    except (TimeoutError, KafkaError, OSError):
        log.warning("kafka_stop_cut_short")
