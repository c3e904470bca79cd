"""The broker of production, with its real rules and certificates: who may say what for which home."""

import os
import shutil
import signal
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from deploy.embedded.children import Child, answers, loopback_port
from deploy.embedded.stack import ROOT
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.real]
FILES = ROOT / "deploy" / "mosquitto"


@dataclass(frozen=True, kw_only=True)
class Broker:
    certs: Path
    gateways: int
    bridge: int
    child: Child


@pytest.fixture(scope="module")
def broker(server_folder: Path) -> Iterator[Broker]:
    mosquitto = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if mosquitto is None:
        pytest.skip("the rules of Mosquitto were not tried: it is not installed")
    folder = server_folder / "rules"
    folder.mkdir()
    for words in (("authority", "127.0.0.1"), ("gateway", "h-0001"), ("gateway", "h-0002"), ("gateway", "h-0003")):
        _certificates(folder / "certs", *words)
    passwords = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "bridge", "a-password"], check=True)
    gateways, bridge = loopback_port(), loopback_port()
    config = folder / "mosquitto.conf"
    config.write_text("user root\n" + _on_this_machine(folder, gateways=gateways, bridge=bridge))
    child = Child([mosquitto, "-c", config], log=folder / "log")
    try:
        child.wait_for(lambda: answers(bridge), within=10, what="Mosquitto")
        yield Broker(certs=folder / "certs", gateways=gateways, bridge=bridge, child=child)
    finally:
        child.stop()


def _on_this_machine(folder: Path, *, gateways: int, bridge: int) -> str:
    text = (FILES / "mosquitto.conf").read_text()
    moved = {
        "/mosquitto/config/": f"{FILES}/",
        "/mosquitto/certs/": f"{folder}/certs/broker/",
        "/mosquitto/secrets/": f"{folder}/",
        "/mosquitto/data/": f"{folder}/",
        "listener 8883": f"listener {gateways} 127.0.0.1",
        "listener 1883": f"listener {bridge} 127.0.0.1",
    }
    for there, here in moved.items():
        assert there in text
        text = text.replace(there, here)
    return text


def _certificates(certs: Path, *words: str) -> None:
    environ = {**os.environ, "CERTS": str(certs)}
    subprocess.run(["sh", FILES / "certificates.sh", *words], env=environ, check=True)


class Client:
    def __init__(self, name: str) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.connected: list[ReasonCode] = []
        self.granted = 0
        self.acknowledged: list[ReasonCode] = []
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
        self.paho.on_message = self._on_message
        self.paho.on_connect = self._on_connect
        self.paho.on_subscribe = self._on_subscribe
        self.paho.on_publish = self._on_publish

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))

    def _on_connect(self, _client: object, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        self.connected.append(code)

    def _on_subscribe(self, _client: object, _data: object, _mid: int, _codes: object, _more: object) -> None:
        self.granted += 1

    def _on_publish(self, _client: object, _data: object, _mid: int, code: ReasonCode, _more: Properties) -> None:
        self.acknowledged.append(code)

    async def subscribe(self, topic: str) -> None:
        before = self.granted
        self.paho.subscribe(topic, qos=1)
        await until(lambda: self.granted > before, what="the subscription")

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


async def _bridge(broker: Broker) -> Client:
    client = Client("dolbom-ingest")
    client.paho.username_pw_set("bridge", "a-password")
    client.paho.connect("127.0.0.1", broker.bridge)
    client.paho.loop_start()
    await until(lambda: client.connected, what="the bridge")
    await client.subscribe("home/#")
    return client


async def _gateway(broker: Broker, home: str) -> Client:
    client = Client(f"gateway-{home}")
    certs = broker.certs
    client.paho.tls_set(str(certs / "ca.crt"), str(certs / f"{home}.crt"), str(certs / f"{home}.key"))
    client.paho.connect("127.0.0.1", broker.gateways)
    client.paho.loop_start()
    await until(lambda: client.connected, what="the gateway")
    return client


def test_the_broker_is_given_what_it_needs_and_no_key_but_its_own(broker: Broker) -> None:
    given = {file.name for file in (broker.certs / "broker").iterdir()}
    assert given == {"ca.crt", "server.crt", "server.key", "revoked.pem"}
    assert (broker.certs / "ca.key").stat().st_mode & 0o077 == 0


async def test_a_gateway_speaks_for_its_own_home_only(broker: Broker) -> None:
    bridge = await _bridge(broker)
    gateway = await _gateway(broker, "h-0001")
    try:
        gateway.paho.publish("home/0b/h-0001/native/readings", b"mine", qos=1)
        await until(lambda: bridge.heard, what="the gateway's own reading")
        gateway.paho.publish("home/0b/h-0002/native/readings", b"another's", qos=1)
        await until(lambda: len(gateway.acknowledged) == 2, what="the refusal")
        assert gateway.acknowledged[1].is_failure
        # Mosquitto ends the connection of a trespasser, too.
        await until(lambda: len(gateway.connected) > 1, within=20, what="the gateway's return")
        gateway.paho.publish("home/0b/h-0001/native/readings", b"mine again", qos=1)
        await until(lambda: len(bridge.heard) > 1, what="the next reading")
        assert [payload for _, payload in bridge.heard] == [b"mine", b"mine again"]
    finally:
        gateway.close()
        bridge.close()


async def test_a_gateway_hears_what_is_said_to_its_home_only(broker: Broker) -> None:
    bridge = await _bridge(broker)
    mine, other = await _gateway(broker, "h-0001"), await _gateway(broker, "h-0002")
    try:
        await mine.subscribe("ack/h-0001")
        await other.subscribe("ack/#")
        bridge.paho.publish("ack/h-0001", b'{"session":1,"seq":2}', qos=1)
        bridge.paho.publish("ack/h-0002", b'{"session":1,"seq":3}', qos=1)
        await until(lambda: mine.heard and other.heard, what="both acknowledgements")
        assert [topic for topic, _ in mine.heard] == ["ack/h-0001"]
        assert "ack/h-0001" not in [topic for topic, _ in other.heard]
    finally:
        mine.close()
        other.close()
        bridge.close()


async def test_nobody_comes_in_without_a_certificate_or_a_password(broker: Broker) -> None:
    stranger = Client("stranger")
    stranger.paho.tls_set(str(broker.certs / "ca.crt"))
    with pytest.raises((ssl.SSLError, ConnectionError, OSError)):
        stranger.paho.connect("127.0.0.1", broker.gateways)
        while stranger.paho.loop(timeout=1) == paho.MQTT_ERR_SUCCESS:
            pass
        raise ConnectionError("closed")
    assert not stranger.connected
    nameless = Client("nameless")
    nameless.paho.connect("127.0.0.1", broker.bridge)
    nameless.paho.loop_start()
    try:
        await until(lambda: nameless.connected, what="the answer")
        assert nameless.connected[0].is_failure
    finally:
        nameless.close()


async def test_a_revoked_gateway_does_not_come_in_again(broker: Broker) -> None:
    before = await _gateway(broker, "h-0003")
    before.close()
    _certificates(broker.certs, "revoke", "h-0003")
    broker.child.send(signal.SIGHUP)
    revoked = Client("gateway-h-0003")
    certs = broker.certs

    def refused() -> bool:
        try:
            revoked.paho.connect("127.0.0.1", broker.gateways)
            revoked.paho.loop(timeout=1)
        except (ssl.SSLError, ConnectionError):
            return True
        return revoked.paho.loop(timeout=1) != paho.MQTT_ERR_SUCCESS and not revoked.connected

    revoked.paho.tls_set(str(certs / "ca.crt"), str(certs / "h-0003.crt"), str(certs / "h-0003.key"))
    await until(refused, what="the refusal of a revoked certificate")
    other = await _gateway(broker, "h-0002")
    other.close()
