"""The line of a gateway: one MQTT 5 connection that keeps what it says until the broker has it."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Final, Protocol

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from runtime import clock
from runtime.settings import Mqtt
from simulator.dialects import Message

log = structlog.get_logger()

_AGAIN_AFTER_SECONDS: Final = 1.0
#: MQTT 5, 3.4.2.1: "No matching subscribers".
_NO_SUBSCRIBERS: Final = 0x10


class Opened(Protocol):
    """What paho hands us: a TCP or a TLS socket."""

    def fileno(self) -> int:
        """Tell the descriptor to watch."""


class Line:
    """One connection. What is sent while it is down waits, and goes out when it is up again."""

    def __init__(
        self,
        settings: Mqtt,
        *,
        client_id: str,
        will: Callable[[], Message] | None = None,
        birth: Callable[[], Message] | None = None,
        keepalive: int = 60,
        listens: Sequence[str] = (),
        heard: Callable[[str, bytes, bool], None] | None = None,
        lasting: bool = False,
        came: Callable[[], None] | None = None,
        forgetful: bool = False,
    ) -> None:
        """Make a line that is not open yet.

        Each time that it connects, `will` is asked for the last will; each time that it is up, `birth` is said and
        `came` is called. `heard` gets topic, payload and whether it was retained; the broker may forget a message when
        it has returned. A `lasting` line has a session at the broker, which keeps for it what comes meanwhile. A
        `forgetful` one drops what it was told and the broker did not take, for who told it says it again on `came`.
        """
        self._settings, self._keepalive, self._birth = settings, keepalive, birth
        self._listens, self._heard, self._came, self._lasting = listens, heard, came, lasting
        self._will = will
        # Kept, because paho closes its socket once more when it is thrown away, after the loop has ended.
        self._loop = asyncio.get_running_loop()
        self._client_id, self._forgetful = client_id, forgetful
        self._client = self._new_client()
        self._waiting: dict[int, asyncio.Future[float]] = {}
        self._wanted = False
        self._tended: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()

    @property
    def unanswered(self) -> int:
        """How many messages the broker has not acknowledged."""
        return len(self._waiting)

    def open(self) -> None:
        """Open the line and keep it open until it is closed or cut."""
        self._wanted = True
        if self._tended is None or self._tended.done():
            self._tended = asyncio.create_task(self._tend())

    def say(self, message: Message) -> "asyncio.Future[float]":
        """Send a message; the future holds the moment at which the broker took it, infinity when nobody was there."""
        answered: asyncio.Future[float] = self._loop.create_future()
        info: MQTTMessageInfo = self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        self._waiting[info.mid] = answered
        return answered

    async def flushed(self) -> None:
        """Return once the broker has everything that was said so far."""
        await asyncio.gather(*self._waiting.values())

    def cut(self) -> None:
        """Let the line break without a word, so that the broker says the last will."""
        self._wanted = False
        if isinstance(opened := self._client.socket(), socket.socket):
            # The connection ends without a DISCONNECT, as by a pulled plug.
            opened.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        """Take leave of the broker; what it has not acknowledged is lost with this process."""
        self._wanted = False
        self._client.disconnect()
        if self._tended is not None:
            self._tended.cancel()
            with suppress(asyncio.CancelledError):
                await self._tended

    async def _tend(self) -> None:
        """Connect again while the line is wanted, and let paho keep its time."""
        while self._wanted or self._client.socket() is not None:
            if self._client.socket() is None:
                await self._connect()
            self._client.loop_misc()
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)

    def _new_client(self) -> Client:
        client = _client(self._settings, self._client_id)
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    async def _connect(self) -> None:
        if self._forgetful and self._waiting:
            # paho would say all of it again beside us, on each connection once more.
            self._client = self._new_client()
            self._waiting.clear()
        if self._will is not None:
            will = self._will()
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        try:
            # paho connects with a blocking call; the broker of a pretend street is near.
            self._client.connect(
                self._settings.host,
                self._settings.port,
                keepalive=self._keepalive,
                clean_start=not self._lasting,
                properties=_lasting() if self._lasting else None,
            )
        except OSError as error:
            log.warning("broker_not_reached", error=type(error).__name__)

    def _on_connect(
        self, client: Client, data: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            log.warning("broker_refused_us", reason=str(reason))
            return
        self.connected.set()
        if self._listens:
            client.subscribe([(topic, 1) for topic in self._listens])
        if self._birth is not None:
            self.say(self._birth())
        if self._came is not None:
            self._came()

    def _on_disconnect(
        self, client: Client, data: object, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self.connected.clear()

    def _on_message(self, client: Client, data: object, message: MQTTMessage) -> None:
        if self._heard is not None:
            self._heard(message.topic, bytes(message.payload), message.retain)

    def _on_publish(self, client: Client, data: object, mid: int, reason: ReasonCode, properties: Properties) -> None:
        answered = self._waiting.pop(mid, None)
        if answered is not None and not answered.done():
            # A broker without the bridge's session takes a message, says this and drops it.
            answered.set_result(inf if reason.value == _NO_SUBSCRIBERS else clock.ticks())

    def _on_socket_open(self, client: Client, data: object, opened: Opened) -> None:
        self._loop.add_reader(opened, client.loop_read)

    def _on_socket_close(self, client: Client, data: object, closed: Opened) -> None:
        self._loop.remove_reader(closed)

    def _on_register_write(self, client: Client, data: object, ready: Opened) -> None:
        self._loop.add_writer(ready, client.loop_write)

    def _on_unregister_write(self, client: Client, data: object, ready: Opened) -> None:
        self._loop.remove_writer(ready)


def _lasting() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho left it without types
    properties.SessionExpiryInterval = 86_400 * 7
    return properties


def _client(settings: Mqtt, client_id: str) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(100)
    client.max_queued_messages_set(0)
    if settings.username:
        client.username_pw_set(settings.username, settings.password.reveal())
    if settings.ca_file:
        client.tls_set(settings.ca_file, settings.certificate_file or None, settings.key_file or None)
    return client
