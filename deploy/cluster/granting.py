"""Bring topics and rights to new brokers, as their administrator."""

import asyncio

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import CreateAclsRequest

from deploy.cluster.rights import Right, rights
from deploy.embedded.children import NeverCameUp
from runtime.kafka import create_topics, security_of
from runtime.settings import Kafka

#: Kafka's numbers: a name as it stands, and allowed.
_LITERAL = 3
_ALLOW = 3


async def furnish(settings: Kafka) -> None:
    """Create all topics and grant all rights; twice is as good as once."""
    await create_topics(settings)
    client = AIOKafkaClient(**security_of(settings))
    await client.bootstrap()
    try:
        await asyncio.gather(*(_grant(client, right) for right in rights(settings.topic_prefix)))
    finally:
        await client.close()


async def _grant(client: AIOKafkaClient, right: Right) -> None:
    asked = CreateAclsRequest(
        right.resource, right.name, _LITERAL, f"User:{right.service}", "*", right.operation, _ALLOW
    )
    for left in reversed(range(20)):
        try:
            answer = await client.send(client.get_random_node(), asked)
        except KafkaError:
            if not left:
                raise
            await asyncio.sleep(0.3)
            continue
        refused = [told for code, told in answer.creation_responses if code]
        if refused:
            raise NeverCameUp(f"Kafka refused to grant {right}: {refused}")
        return
