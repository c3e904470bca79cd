"""The MQTT client: paho does CONNECT, SUBSCRIBE, TLS and keep-alive; the fast one reads messages by itself.

paho reads every packet with three calls and builds 7 KB of objects for each: half of the bridge's work. The fast
client uses private parts of paho 2.2, so it is taken only where they are all there; the plain one needs none.
"""

from collections import deque
from collections.abc import Callable, Iterable
from importlib.metadata import version
from ssl import SSLSocket
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MessageType, MQTTErrorCode
from paho.mqtt.exception import MalformedPacket

from ingest.wire.packets import BrokenPacket, Cutter, Packet, Publish
from runtime import clock
from runtime.settings import Mqtt

CONNECT_SECONDS: Final = 3.0
#: paho reads one packet per call; so many calls per wake-up cost a third of one call per wake-up.
_PACKETS_PER_WAKE_UP: Final = 50
_BYTES_PER_WAKE_UP: Final = 1 << 16
_PAHO: Final = "2.2."
_PRIVATE: Final = (
    *("_sock_recv", "_in_packet", "_packet_handle", "_packet_queue", "_loop_rc_handle"),
    *("_last_bytes_received", "_ping_t"),
)

Heard = Callable[[Publish], None]


class PlainClient(paho.Client):
    """paho as it is published."""

    def __init__(self, settings: Mqtt, heard: Heard) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2, client_id=settings.client_id, protocol=paho.MQTTv5, manual_ack=True
        )
        self._heard = heard
        self.on_message = self._on_plain_message
        self.connect_timeout = CONNECT_SECONDS
        # An error of ours would leave paho in the middle of a packet; it logs it and goes on.
        self.suppress_exceptions = True
        self.enable_logger()
        if settings.username:
            self.username_pw_set(settings.username, settings.password.reveal())
        if settings.ca_file:
            # An empty name is no file: the broker then knows us by user and password.
            self.tls_set(settings.ca_file, settings.certificate_file or None, settings.key_file or None)

    def _on_plain_message(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""  # no broker lets it pass; it is refused as a bad topic
        payload = bytes(message.payload)
        self._heard(Publish(topic, payload, message.mid, message.qos, message.retain, message.dup))

    def read(self, more: Callable[[], bool]) -> bool:
        """Read what waits, as long as more is wanted; tell whether TLS holds more that no selector will tell of."""
        for _ in range(_PACKETS_PER_WAKE_UP):
            if self.socket() is None or not more() or self.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return False
        return self._holds_more()

    def _holds_more(self) -> bool:
        sock = self.socket()
        return isinstance(sock, SSLSocket) and sock.pending() > 0

    def acknowledge(self, message_ids: Iterable[int]) -> None:
        """Tell the broker to forget these messages, in this order."""
        for message_id in message_ids:
            self.ack(message_id, 1)

    def stay_alive(self, *, reading: bool) -> None:
        """Ping when it is time; to be called once a second."""
        self.loop_misc()


class FastClient(PlainClient):
    """Reads 64 KiB at a time, cuts messages out of it, and acknowledges a run of them with one send."""

    def __init__(self, settings: Mqtt, heard: Heard) -> None:
        super().__init__(settings, heard)
        self._cutter = Cutter()
        #: Whole packets that are not given on yet: an error with one of them does not lose the next.
        self._cut: deque[Publish | Packet] = deque()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read once; everything but messages is given to paho's own hands."""
        try:
            data = self._sock_recv(_BYTES_PER_WAKE_UP)
            packets = self._cutter.cut(data)
        except BlockingIOError:
            return self._give()
        except OSError:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        except BrokenPacket:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_PROTOCOL)
        if not data:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        self._last_bytes_received = clock.ticks()
        self._cut.extend(packets)
        return self._give()

    def _give(self) -> MQTTErrorCode:
        while self._cut:
            packet = self._cut.popleft()
            if isinstance(packet, Publish):
                self._heard(packet)
                continue
            code = self._handled(packet)
            if code:
                return self._loop_rc_handle(code)
            if self.socket() is None:
                return MQTTErrorCode.MQTT_ERR_NO_CONN
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _handled(self, packet: Packet) -> MQTTErrorCode:
        self._in_packet["command"] = packet.head
        self._in_packet["packet"] = bytearray(packet.body)
        self._in_packet["remaining_length"] = len(packet.body)
        self._in_packet["pos"] = 0
        try:
            return self._packet_handle()
        except MalformedPacket:
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        finally:
            self._in_packet["command"] = 0
            self._in_packet["packet"] = bytearray()

    def read(self, more: Callable[[], bool]) -> bool:
        """Read once; tell whether TLS holds more that no selector will tell of."""
        if self.socket() is None or not more() or self.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        return self._holds_more()

    def acknowledge(self, message_ids: Iterable[int]) -> None:
        """Tell the broker to forget these messages, in this order, with one send."""
        packets = b"".join(b"\x40\x02" + message_id.to_bytes(2, "big") for message_id in message_ids)
        self._packet_queue(MessageType.PUBACK, packets, 0, 0)

    def stay_alive(self, *, reading: bool) -> None:
        """Ping when it is time; while we do not read, the answer cannot be seen and must not be missed."""
        if not reading:
            self._ping_t = 0.0
            self._last_bytes_received = clock.ticks()
        self.loop_misc()


def client_of(settings: Mqtt, heard: Heard) -> PlainClient:
    """Make the fast client where this paho has the parts that it needs, and the plain one elsewhere."""
    plain = PlainClient(settings, heard)
    if version("paho-mqtt").startswith(_PAHO) and all(hasattr(plain, name) for name in _PRIVATE):
        return FastClient(settings, heard)
    return plain
