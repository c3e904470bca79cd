"""The way of the tutorials, made safe: paho in a thread, one send for each message, acknowledged after Kafka."""

import asyncio
import sys

import paho.mqtt.client as paho
from aiokafka import AIOKafkaProducer
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

port, client_id, bootstrap, topic = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


async def main() -> None:
    loop = asyncio.get_running_loop()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, enable_idempotence=False)
    await producer.start()

    async def forward(client: paho.Client, message: paho.MQTTMessage) -> None:
        sent = await producer.send(topic, message.payload, key=message.topic.split("/")[2].encode())
        sent.add_done_callback(lambda future: client.ack(message.mid, 1) if not future.exception() else None)

    def on_message(client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        asyncio.run_coroutine_threadsafe(forward(client, message), loop)

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5, manual_ack=True)
    client.on_message = on_message
    expiry = Properties(PacketTypes.CONNECT)
    expiry.SessionExpiryInterval = 3600
    client.connect("127.0.0.1", port, clean_start=False, properties=expiry)
    client.loop_start()
    await asyncio.Event().wait()


asyncio.run(main())
