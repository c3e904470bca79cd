"""gmqtt beside aiokafka: its handler returns after Kafka's acknowledgement, and only then gmqtt acknowledges."""

import asyncio
import sys

from aiokafka import AIOKafkaProducer
from gmqtt import Client
from gmqtt.mqtt.constants import MQTTv50

port, client_id, bootstrap, topic = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


async def main() -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, enable_idempotence=False)
    await producer.start()
    client = Client(client_id, clean_session=False, optimistic_acknowledgement=False, session_expiry_interval=3600)

    async def on_message(client: Client, heard: str, payload: bytes, qos: int, properties: object) -> int:
        await producer.send_and_wait(topic, payload, key=heard.split("/")[2].encode())
        return 0

    client.on_message = on_message
    await client.connect("127.0.0.1", port, version=MQTTv50)
    await asyncio.Event().wait()


asyncio.run(main())
