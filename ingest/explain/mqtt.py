"""Listen to a topic at the broker for a while, beside the bridge and without its session."""

import os
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from ingest.message import GatewayMessage
from runtime import clock
from runtime.settings import Mqtt

_TURN_SECONDS: Final = 0.2


class NotHeard(Exception):
    """The broker is not there, or does not let us listen; the message says what to look at."""


def listen(settings: Mqtt, topic: str, *, seconds: float, count: int) -> Iterator[GatewayMessage]:
    """Give each message as it comes, until there were so many or so long has passed; raise NotHeard."""
    heard: SimpleQueue[GatewayMessage] = SimpleQueue()
    refused: SimpleQueue[str] = SimpleQueue()
    client = _client(settings, topic, heard, refused)
    try:
        client.connect(settings.host, settings.port, 30, clean_start=True)
    except (OSError, ValueError) as error:
        where = f"{settings.host}:{settings.port}"
        raise NotHeard(f"no MQTT broker at {where}; see DOLBOM_MQTT_HOST and DOLBOM_MQTT_PORT") from error
    ends, left = clock.ticks() + seconds, count
    try:
        while left and clock.ticks() < ends:
            lost = client.loop(min(_TURN_SECONDS, max(0.0, ends - clock.ticks()))) != MQTTErrorCode.MQTT_ERR_SUCCESS
            while left and (message := _next(heard)):
                left -= 1
                yield message
            if not refused.empty():
                raise NotHeard(refused.get())
            if lost:
                raise NotHeard("the broker closed the connection; see DOLBOM_MQTT_USERNAME and its certificate")
    finally:
        client.disconnect()


def _next(heard: SimpleQueue[GatewayMessage]) -> GatewayMessage | None:
    try:
        return heard.get_nowait()
    except Empty:
        return None


def _client(settings: Mqtt, topic: str, heard: SimpleQueue[GatewayMessage], refused: SimpleQueue[str]) -> paho.Client:
    name = f"{settings.client_id}-explain-{os.getpid()}"
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
    client.connect_timeout = 3.0
    if settings.username:
        client.username_pw_set(settings.username, settings.password.reveal())
    if settings.ca_file:
        client.tls_set(settings.ca_file, settings.certificate_file or None, settings.key_file or None)

    def on_message(client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        heard.put(
            GatewayMessage(
                topic=message.topic,
                payload=bytes(message.payload),
                received_at=clock.now(),
                retained=message.retain,
                duplicate=message.dup,
            )
        )

    def on_connect(client: paho.Client, data: object, flags: object, reason: ReasonCode, also: object) -> None:
        if reason.is_failure:
            refused.put(f"the broker refused us: {reason}; see DOLBOM_MQTT_USERNAME and DOLBOM_MQTT_PASSWORD")
        else:
            client.subscribe(topic, qos=0)

    def on_subscribe(client: paho.Client, data: object, mid: int, reasons: list[ReasonCode], also: object) -> None:
        if any(each.is_failure for each in reasons):
            refused.put(f"the broker does not let us listen to {topic}: {reasons[0]}")

    client.on_message = on_message
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    return client
