"""aiomqtt beside aiokafka: the asyncio way. aiomqtt acknowledges on receipt; it has no other."""

import asyncio
import sys

import aiomqtt
from aiokafka import AIOKafkaProducer
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

port, client_id, bootstrap, topic = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


async def main() -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, enable_idempotence=False)
    await producer.start()
    expiry = Properties(PacketTypes.CONNECT)
    expiry.SessionExpiryInterval = 3600
    version = aiomqtt.ProtocolVersion.V5
    async with aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier=client_id,
        protocol=version,
        clean_start=False,
        properties=expiry,
    ) as client:
        async for message in client.messages:
            await producer.send(topic, message.payload, key=str(message.topic).split("/")[2].encode())


asyncio.run(main())
