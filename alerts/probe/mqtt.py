"""The line of the made-up gateway: one MQTT 5 connection, kept by the library's own thread."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from runtime.settings import Mqtt

log = structlog.get_logger()

#: A broker that takes longer has not taken it in time.
_TAKEN_WITHIN_SECONDS: Final = 10.0


class Line:
    """Publishes, and tells whether the broker took it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def say(self, topic: str, payload: bytes) -> bool:
        """Publish with QoS 1; answer whether the broker acknowledged it in time."""
        if not self._client.is_connected():
            # It would wait in our own queue and come out late, as an old press.
            return False
        said = self._client.publish(topic, payload, qos=1)
        try:
            await asyncio.to_thread(said.wait_for_publish, _TAKEN_WITHIN_SECONDS)
        except (RuntimeError, ValueError):
            return False
        return said.is_published()


@contextmanager
def opened(settings: Mqtt, client_id: str) -> Iterator[Line]:
    """Keep a line open; a broker that is away is tried again and again."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
    if settings.username:
        client.username_pw_set(settings.username, settings.password.reveal())
    if settings.ca_file:
        client.tls_set(settings.ca_file, settings.certificate_file or None, settings.key_file or None)
    client.reconnect_delay_set(1, 10)
    client.connect_async(settings.host, settings.port, keepalive=30)
    client.loop_start()
    try:
        yield Line(client)
    finally:
        client.disconnect()
        client.loop_stop()
