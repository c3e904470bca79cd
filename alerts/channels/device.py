"""A device in the home: the gateway is told over MQTT to speak, to ask or to sound the siren."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from alerts.channels import Delivery, NotSent, Result, Sent
from alerts.delivery import TIMEOUTS
from alerts.in_the_home import is_siren
from alerts.model import Purpose
from alerts.wording import Message
from homes.model import Channel, Contact
from runtime import clock
from runtime.settings import Mqtt

#: What reaches a home later than this must not be said or sounded any more.
GOOD_FOR: Final = timedelta(minutes=2)
_CONNECT_SECONDS: Final = 3.0
#: The broker took it, and no gateway is there to hear it.
_NOBODY_LISTENS: Final = 16


class Device:
    """Devices of homes. The gateway knows a repeat by its key; its answer comes as a reading."""

    def __init__(self, settings: Mqtt | None) -> None:
        self._settings = settings
        self._client: paho.Client | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._up = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[int]] = {}

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Publish to the home's gateway; sent means that the broker has it."""
        if self._settings is None:
            return NotSent(result=Result.NOT_SET_UP, retry=False)
        try:
            async with asyncio.timeout(TIMEOUTS[Channel.DEVICE]):
                code = await self._published(topic_of(message, contact), payload_of(message, contact))
        except TimeoutError:
            return NotSent(result=Result.TIMED_OUT, retry=True)
        except (OSError, ValueError):
            return NotSent(result=Result.UNREACHABLE, retry=True)
        if code == _NOBODY_LISTENS:
            return NotSent(result=Result.UNREACHABLE, retry=True)
        return Sent() if code < 128 else NotSent(result=Result.REFUSED, retry=False)

    def close(self) -> None:
        """Leave the broker."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    async def _published(self, topic: str, payload: bytes) -> int:
        client = self._connected()
        # paho would keep what it cannot send and send it whenever it can: a siren in the middle of the night.
        await asyncio.wait_for(self._up.wait(), _CONNECT_SECONDS)
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho left it without types
        properties.MessageExpiryInterval = int(GOOD_FOR.total_seconds())
        told = client.publish(topic, payload, qos=1, properties=properties)
        if told.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise OSError("the broker is away")
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting[told.mid] = answer
        try:
            return await answer
        finally:
            self._waiting.pop(told.mid, None)

    def _connected(self) -> paho.Client:
        if self._client is None and self._settings is not None:
            self._loop = asyncio.get_running_loop()
            self._client = self._made(self._settings)
            self._client.connect_async(self._settings.host, self._settings.port, clean_start=True)
            self._client.loop_start()
        if self._client is None:
            raise OSError("no broker")
        return self._client

    def _made(self, settings: Mqtt) -> paho.Client:
        name = f"dolbom-alerts-{secrets.token_hex(4)}"
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
        client.connect_timeout = _CONNECT_SECONDS
        if settings.username:
            client.username_pw_set(settings.username, settings.password.reveal())
        if settings.ca_file:
            client.tls_set(settings.ca_file, settings.certificate_file or None, settings.key_file or None)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        return client

    # paho calls these from its own thread.

    def _on_connect(
        self, client: paho.Client, data: object, flags: object, code: ReasonCode, properties: object
    ) -> None:
        if not code.is_failure:
            self._in_loop(self._up.set)

    def _on_disconnect(
        self, client: paho.Client, data: object, flags: object, code: ReasonCode, properties: object
    ) -> None:
        self._in_loop(self._up.clear)

    def _on_publish(
        self, client: paho.Client, data: object, message_id: int, code: ReasonCode, properties: object
    ) -> None:
        self._in_loop(self._answered, message_id, code.value)

    def _in_loop(self, do: Callable[..., None], *told: int) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(do, *told)

    def _answered(self, message_id: int, code: int) -> None:
        answer = self._waiting.get(message_id)
        if answer is not None and not answer.done():
            answer.set_result(code)


def topic_of(message: Message, contact: Contact) -> str:
    """Name the command: ask whoever lives there, sound the siren, or say something."""
    if message.purpose is Purpose.CHECK:
        return f"cmd/{message.home_id}/ask"
    return f"cmd/{message.home_id}/{'siren' if is_siren(contact) else 'say'}"


def payload_of(message: Message, contact: Contact) -> bytes:
    """Write what the gateway does, and until when it may."""
    now = clock.now()
    said = {
        "key": message.notification_id,
        "device": contact.address,
        "text": message.text,
        "language": message.language,
        "severity": message.severity,
        "sent_at": now,
        "until": now + GOOD_FOR,
    }
    answers = {"answers": ["fine", "help"]} if message.purpose is Purpose.CHECK else {}
    return msgspec.json.encode(said | answers)
