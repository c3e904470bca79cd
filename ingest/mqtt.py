"""Hear and acknowledge: one object per connection to the broker, so that no acknowledgement outlives its session."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from socket import SHUT_RDWR, socket
from typing import Final, Protocol

import paho.mqtt.client as paho
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest import metrics
from ingest.message import GatewayMessage
from ingest.ticket import Ticket, nobody
from ingest.wire.mqtt import CONNECT_SECONDS, Heard, PlainClient, client_of
from ingest.wire.packets import Publish
from runtime import clock
from runtime.settings import Mqtt

log = structlog.get_logger()

KEEPALIVE_SECONDS: Final = 60
#: What a broker may say when somebody else has connected under our name; Mosquitto 2.0.11 and iotcore do not.
TAKEN_OVER: Final = 142

Hear = Callable[[GatewayMessage], Ticket]
Forget = Callable[[Ticket], None]
Client = Callable[[Mqtt, Heard], PlainClient]


class Waitable(Protocol):
    """A socket, as the loop needs it."""

    def fileno(self) -> int:
        """Give the descriptor."""


class BrokerAway(Exception):
    """The MQTT broker did not answer, or refused us; try again."""


class Connection:
    """One connection, from CONNECT until it is lost or dropped."""

    def __init__(
        self,
        settings: Mqtt,
        filters: Sequence[str],
        *,
        window: int,
        hear: Hear,
        acknowledged: Forget,
        full: Callable[[], None] = nobody,
        client: Client = client_of,
    ) -> None:
        self._settings = settings
        self._filters = filters
        self._window = window
        self._hear = hear
        self._acknowledged = acknowledged
        self._full = full
        self._loop = asyncio.get_running_loop()
        self._unacknowledged: deque[Ticket] = deque()
        #: What they take of the window: a message of many readings takes more of it.
        self._weight = 0
        self._paused = False
        self._resting = False
        self._draining = False
        self._client = client(settings, self._heard)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        #: The broker has our session and our subscription.
        self.up = asyncio.Event()
        #: The connection is over.
        self.down = asyncio.Event()
        #: It is over because somebody else goes on with our session, and the broker said so.
        self.taken_over = False

    async def open(self, *, forget: bool = False) -> None:
        """Connect and subscribe, or raise BrokerAway; `forget` ends the session together with the connection."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho left it without types
        properties.SessionExpiryInterval = 0 if forget else self._settings.session_expiry_seconds
        properties.ReceiveMaximum = min(self._window, 65_535)
        # paho resolves, connects and shakes hands in one blocking call.
        connecting = self._loop.run_in_executor(None, self._connect, properties, forget)
        try:
            await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # Else it would take our session from whoever holds it by then.
            connecting.add_done_callback(self._hang_up)
            raise
        except OSError as error:
            raise BrokerAway(f"no MQTT broker at {self._settings.host}:{self._settings.port}") from error
        self._attach()
        try:
            async with asyncio.timeout(CONNECT_SECONDS * 2):
                await self._answered()
        except TimeoutError as error:
            self.drop()
            raise BrokerAway("the MQTT broker did not answer in time") from error

    def _connect(self, properties: Properties, forget: bool) -> None:
        self._client.connect(
            self._settings.host, self._settings.port, KEEPALIVE_SECONDS, clean_start=forget, properties=properties
        )

    def _hang_up(self, connecting: asyncio.Future[None]) -> None:
        sock = self._client.socket()
        if connecting.exception() is None and isinstance(sock, socket):
            sock.close()

    async def _answered(self) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self.up, self.down)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not self.up.is_set():
            raise BrokerAway("the MQTT broker closed the connection before it let us in")

    def _attach(self) -> None:
        """Hand the socket to the loop; from here on paho runs in it."""
        self._client.on_socket_close = self._on_socket_close
        self._client.on_socket_register_write = self._on_socket_register_write
        self._client.on_socket_unregister_write = self._on_socket_unregister_write
        sock = self._client.socket()
        if sock is None:
            self.down.set()
            return
        self._loop.add_reader(sock, self._read)
        if self._client.want_write():
            self._loop.add_writer(sock, self._client.loop_write)

    def _read(self) -> None:
        more = True
        try:
            more = self._client.read(lambda: not self._paused)
        finally:
            # Also after an error of ours, which asyncio logs: what came behind the message that caused it is heard.
            if more:
                self._loop.call_soon(self._read)

    def _on_socket_close(self, client: paho.Client, data: object, sock: Waitable) -> None:
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)

    def _on_socket_register_write(self, client: paho.Client, data: object, sock: Waitable) -> None:
        self._loop.add_writer(sock, client.loop_write)

    def _on_socket_unregister_write(self, client: paho.Client, data: object, sock: Waitable) -> None:
        self._loop.remove_writer(sock)

    def _on_connect(
        self, client: paho.Client, data: object, flags: paho.ConnectFlags, code: ReasonCode, properties: object
    ) -> None:
        if code.is_failure:
            log.warning("mqtt_connection_refused", reason=str(code))
            return
        metrics.connections.inc()
        log.info("mqtt_connected", client_id=self._settings.client_id, session_present=flags.session_present)
        if not self._filters:
            self._begin()
            return
        if flags.session_present:
            # What waited for us comes before the answer to our subscription, which the session has had for long.
            self._begin()
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        client.subscribe([(each, options) for each in self._filters])

    def _on_subscribe(
        self, client: paho.Client, data: object, message_id: int, codes: list[ReasonCode], properties: object
    ) -> None:
        if any(code.is_failure for code in codes):
            log.error("mqtt_subscription_refused", reasons=[str(code) for code in codes])
            self.drop()
            return
        self._begin()

    def _begin(self) -> None:
        if not self.up.is_set():
            metrics.connected.inc()
        self.up.set()

    def _on_disconnect(
        self, client: paho.Client, data: object, flags: object, code: ReasonCode, properties: object
    ) -> None:
        self.taken_over = code.value == TAKEN_OVER
        if not self.down.is_set():
            client_id = self._settings.client_id
            log.warning("mqtt_disconnected", client_id=client_id, reason=str(code), unacknowledged=self.held)
        self._end()

    def _end(self) -> None:
        if self.up.is_set() and not self.down.is_set():
            metrics.connected.dec()
        self.down.set()

    def _heard(self, publish: Publish) -> None:
        metrics.messages.inc()
        message = GatewayMessage(
            topic=publish.topic,
            payload=publish.payload,
            received_at=clock.now(),
            retained=publish.retained,
            duplicate=publish.duplicate,
        )
        ticket = self._hear(message)
        ticket.message_id, ticket.qos, ticket.done = publish.message_id, publish.qos, self.progressed
        self._unacknowledged.append(ticket)
        self._weight += ticket.weight
        if not ticket.left:
            self.progressed()
        if self._weight >= self._window and not self._paused:
            self._pause()
            self._full()

    @property
    def held(self) -> int:
        """Tell how many messages the broker still keeps for us."""
        return len(self._unacknowledged)

    @property
    def waiting_for(self) -> float:
        """Tell for how many seconds the oldest of them has waited for Kafka."""
        return clock.ticks() - self._unacknowledged[0].heard_at if self._unacknowledged else 0.0

    def progressed(self) -> None:
        """Hear that Kafka has more than before; acknowledge soon, many at once."""
        if not self._draining:
            self._draining = True
            self._loop.call_soon(self._drain)

    def _drain(self) -> None:
        """Acknowledge in arrival order what Kafka has: a later message never overtakes an earlier one."""
        self._draining = False
        if self.down.is_set():
            return
        done: list[int] = []
        while self._unacknowledged and not self._unacknowledged[0].left:
            first = self._unacknowledged.popleft()
            self._weight -= first.weight
            self._acknowledged(first)
            if first.qos:
                done.append(first.message_id)
        if done:
            self._client.acknowledge(done)
        if self._paused and not self._resting and self._weight <= self._window // 2:
            self._resume()

    def _pause(self) -> None:
        sock = self._client.socket()
        if sock is None or self._paused:
            return
        self._paused = True
        self._loop.remove_reader(sock)

    def _resume(self) -> None:
        self._paused = False
        sock = self._client.socket()
        if sock is not None:
            self._loop.add_reader(sock, self._read)
            self._loop.call_soon(self._read)

    def turn(self) -> None:
        """Keep the connection alive; to be called once a second."""
        self._client.stay_alive(reading=not self._paused)

    def say(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 0: a lost acknowledgement is made good by the next."""
        if not self.down.is_set():
            self._client.publish(topic, payload, qos=0)

    def rest(self) -> None:
        """Stop reading; what has been heard can still be acknowledged."""
        self._pause()
        self._resting = True

    def drop(self) -> None:
        """End the connection without acknowledging: the broker keeps what Kafka does not have."""
        self._drain()
        self._end()
        for ticket in self._unacknowledged:
            # What came with QoS 0 comes once: it must still be written.
            ticket.void = ticket.qos > 0
        self._unacknowledged.clear()
        self._client.disconnect()
        self._client.loop_write()
        sock = self._client.socket()
        if isinstance(sock, socket):  # the DISCONNECT did not fit into its buffer
            with suppress(OSError):  # the other side has gone already, which is what we want
                sock.shutdown(SHUT_RDWR)
            self._client.loop_read()
