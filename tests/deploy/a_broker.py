"""The broker of production as it is shipped, on this machine, with gateways of every kind of honesty."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contracts import HomeId
from deploy.embedded.children import Child, NeverCameUp, answers, loopback_port
from deploy.embedded.stack import ROOT
from homes.enrolment import authority as rules
from homes.enrolment.authority import Authority
from homes.enrolment.broker_files import Standing
from homes.enrolment.keeping import files
from homes.enrolment.keeping.files import Beside, BrokerFiles
from homes.enrolment.passwords import hash_of
from runtime import clock
from runtime.settings import Mqtt, Secret
from tests.until import until

FILES = ROOT / "deploy" / "mosquitto"
PASSWORD = "a-password-of-the-tests"


@dataclass(kw_only=True)
class Broker:
    """A running broker with its authority and what it reads."""

    folder: Path
    authority: Authority
    written: BrokerFiles
    gateways: int
    passwords: int
    services: int
    child: Child

    @property
    def kept(self) -> Path:
        return self.folder / "kept"

    @property
    def ca_file(self) -> str:
        return str(self.kept / "ca.crt")

    @property
    def keeper(self) -> Mqtt:
        return Mqtt(port=self.services, username="keeper", password=Secret(PASSWORD))

    @property
    def probe(self) -> Mqtt:
        return Mqtt(port=self.services, username="probe", password=Secret(PASSWORD))

    def tell(self, standing: Standing) -> None:
        """Do what the keeper does with what the database says."""
        self.written.write(self.authority, standing, clock.now())
        self.written.tell_broker()

    def log(self) -> str:
        return self.child.log_path.read_text(errors="replace")


@dataclass(frozen=True, kw_only=True)
class Credential:
    certificate: Path
    key: Path
    serial: str
    expires_at: datetime


@contextmanager
def running(folder: Path) -> Iterator[Broker]:
    mosquitto = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if mosquitto is None:
        pytest.skip("the rules of Mosquitto were not tried: it is not installed")
    folder.mkdir()
    secrets = folder / "passwords"
    for place, user in enumerate(("bridge", "keeper", "probe")):
        made = ["-c"] if place == 0 else []
        subprocess.run(["mosquitto_passwd", *made, "-b", secrets, user, PASSWORD], check=True)
    authority = _furnished(folder / "kept")
    child, ports = _started(Path(mosquitto), folder)
    beside = Beside(folder=folder / "kept", shipped_rules=FILES / "acl", pid_file=folder / "mosquitto.pid")
    try:
        yield Broker(
            folder=folder,
            authority=authority,
            written=BrokerFiles(beside),
            gateways=ports[0],
            passwords=ports[1],
            services=ports[2],
            child=child,
        )
    finally:
        child.stop()


def _started(mosquitto: Path, folder: Path) -> tuple[Child, list[int]]:
    """Start the broker; another test's server may take a port between its choice and its use."""
    config = folder / "mosquitto.conf"
    for left in reversed(range(3)):
        ports = [loopback_port() for _ in range(3)]
        config.write_text("user root\n" + shipped(folder, ports))
        child = Child([mosquitto, "-c", config], log=folder / "log")
        try:
            child.wait_for(partial(answers, ports[2]), within=30, what="Mosquitto")
            return child, ports
        except NeverCameUp:
            child.stop()
            if not left or "Address already in use" not in (folder / "log").read_text(errors="replace"):
                raise
    raise AssertionError("unreachable")


def _furnished(kept: Path) -> Authority:
    now = clock.now()
    authority = rules.make_authority(ec.generate_private_key(ec.SECP256R1()), serial=1, now=now)
    key = ec.generate_private_key(ec.SECP256R1())
    server = rules.sign_server(authority, key.public_key(), ["127.0.0.1"], serial=2, now=now)
    files.write(kept / "server.key", files.key_bytes(key), mode=files.OWNER_ONLY)
    files.write(kept / "server.crt", server.public_bytes(Encoding.PEM))
    files.write(kept / "ca.crt", authority.certificate.public_bytes(Encoding.PEM))
    BrokerFiles(Beside(folder=kept, shipped_rules=FILES / "acl", pid_file=None)).write(authority, Standing(), now)
    return authority


def shipped(folder: Path, ports: list[int]) -> str:
    """Read the shipped configuration with this machine's folders and ports, and nothing else changed."""
    text = (FILES / "mosquitto.conf").read_text()
    moved = {
        "/mosquitto/config/": f"{FILES}/",
        "/mosquitto/kept/": f"{folder}/kept/",
        "/mosquitto/secrets/": f"{folder}/",
        "/mosquitto/data/": f"{folder}/",
    }
    moved |= {
        f"listener {there}": f"listener {here} 127.0.0.1" for there, here in zip((8883, 8884, 1883), ports, strict=True)
    }
    for there, here in moved.items():
        assert there in text
        text = text.replace(there, here)
    return text


def enrolled(
    broker: Broker, home: str, *, authority: Authority | None = None, now: datetime | None = None
) -> Credential:
    """Give a gateway a certificate, by the real authority unless told otherwise."""
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    serial = x509.random_serial_number()
    signed = rules.sign_gateway(
        authority or broker.authority,
        rules.read_request(asked.public_bytes(Encoding.PEM).decode()),
        home,
        serial=serial,
        now=now or clock.now(),
    )
    certificate, at = broker.folder / f"{serial:x}.crt", broker.folder / f"{serial:x}.key"
    files.write(certificate, signed.public_bytes(Encoding.PEM))
    files.write(at, files.key_bytes(key), mode=files.OWNER_ONLY)
    return Credential(certificate=certificate, key=at, serial=f"{serial:x}", expires_at=signed.not_valid_after_utc)


def a_forgery(broker: Broker, name: str) -> Credential:
    """Sign a name that the rules of enrolment refuse, as a thief of the authority's key could."""
    now, key = clock.now(), ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    signed = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(broker.authority.certificate.subject)
        .serial_number(serial)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .public_key(key.public_key())
        .sign(broker.authority.key, hashes.SHA256())
    )
    certificate, at = broker.folder / f"{serial:x}.crt", broker.folder / f"{serial:x}.key"
    files.write(certificate, signed.public_bytes(Encoding.PEM))
    files.write(at, files.key_bytes(key), mode=files.OWNER_ONLY)
    return Credential(certificate=certificate, key=at, serial=f"{serial:x}", expires_at=signed.not_valid_after_utc)


def a_day() -> Properties:
    """Ask the broker to keep a session for a day."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    properties.SessionExpiryInterval = 86_400
    return properties


def another_authority(now: datetime) -> Authority:
    return rules.make_authority(ec.generate_private_key(ec.SECP256R1()), serial=1, now=now)


def revoked(*credentials: Credential, denied: tuple[str, ...] = ()) -> Standing:
    at = clock.now()
    return Standing(
        revoked=frozenset((each.serial, at) for each in credentials),
        denied=frozenset(HomeId(home) for home in denied),
    )


def with_password(home: str, password: str) -> Standing:
    return Standing(passwords={HomeId(home): hash_of(password, salt=b"a-salt-of-12")})


class Client:
    """A client that remembers all that it was told."""

    def __init__(self, name: str) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.heard_at: list[float] = []
        self.connected: list[ReasonCode] = []
        self.ended = 0
        self.granted = 0
        self.acknowledged: list[ReasonCode] = []
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
        self.paho.on_message = self._on_message
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = self._on_disconnect
        self.paho.on_subscribe = self._on_subscribe
        self.paho.on_publish = self._on_publish

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        self.heard_at.append(clock.ticks())
        self.heard.append((message.topic, bytes(message.payload)))

    def _on_connect(self, _client: object, _data: object, _flags: object, code: ReasonCode, _more: object) -> None:
        self.connected.append(code)

    def _on_disconnect(self, _client: object, _data: object, _flags: object, _code: object, _more: object) -> None:
        self.ended += 1

    def _on_subscribe(self, _client: object, _data: object, _mid: int, _codes: object, _more: object) -> None:
        self.granted += 1

    def _on_publish(self, _client: object, _data: object, _mid: int, code: ReasonCode, _more: Properties) -> None:
        self.acknowledged.append(code)

    async def subscribe(self, topic: str) -> None:
        before = self.granted
        self.paho.subscribe(topic, qos=1)
        await until(lambda: self.granted > before, what="the subscription")

    async def publish(self, topic: str, payload: bytes) -> ReasonCode:
        before = len(self.acknowledged)
        self.paho.publish(topic, payload, qos=1)
        await until(lambda: len(self.acknowledged) > before, what=f"the answer to {topic}")
        return self.acknowledged[before]

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


async def a_bridge(broker: Broker, name: str = "dolbom-ingest-00") -> Client:
    client = Client(name)
    client.paho.username_pw_set("bridge", PASSWORD)
    client.paho.connect("127.0.0.1", broker.services)
    client.paho.loop_start()
    await until(lambda: client.connected, what="the bridge")
    assert not client.connected[0].is_failure
    for topic in ("home/#", "late/#"):
        await client.subscribe(topic)
    return client


async def a_lasting_bridge(broker: Broker) -> Client:
    """A bridge whose session outlives its connection; it comes back to it without subscribing again."""
    client = Client("dolbom-ingest-00")
    client.paho.username_pw_set("bridge", PASSWORD)
    client.paho.connect("127.0.0.1", broker.services, clean_start=False, properties=a_day())
    client.paho.loop_start()
    await until(lambda: client.connected, what="the bridge")
    return client


@contextmanager
def started_again(broker: Broker) -> Iterator[None]:
    """Start the broker once more, with the same files and ports."""
    mosquitto = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    assert mosquitto is not None
    child = Child([mosquitto, "-c", broker.folder / "mosquitto.conf"], log=broker.folder / "log-again")
    try:
        child.wait_for(lambda: answers(broker.services), within=10, what="Mosquitto")
        yield
    finally:
        child.stop()


def a_gateway_not_connected(broker: Broker, credential: Credential | None, *, name: str = "") -> Client:
    client = Client(name or "whatever-it-calls-itself")
    if credential is None:
        client.paho.tls_set(broker.ca_file)
        return client
    client.paho.tls_set(broker.ca_file, str(credential.certificate), str(credential.key))
    return client


async def a_gateway(broker: Broker, credential: Credential, *, name: str = "") -> Client:
    client = a_gateway_not_connected(broker, credential, name=name)
    client.paho.connect("127.0.0.1", broker.gateways)
    client.paho.loop_start()
    await until(lambda: client.connected, what="the gateway")
    assert not client.connected[0].is_failure
    return client


def is_refused(broker: Broker, credential: Credential | None) -> bool:
    """Tell whether the broker lets nobody in with this; TLS 1.3 tells a client late, so something must be said."""
    context = ssl.create_default_context(cafile=broker.ca_file)
    if credential is not None:
        context.load_cert_chain(credential.certificate, credential.key)
    try:
        with (
            socket.create_connection(("127.0.0.1", broker.gateways), timeout=5) as line,
            context.wrap_socket(line, server_hostname="127.0.0.1") as safe,
        ):
            safe.sendall(CONNECT)
            answer = safe.recv(16)
    except (ssl.SSLError, ConnectionError):
        return True
    # 0x20 is CONNACK; its fourth byte is 0 for success.
    return not answer.startswith(b"\x20") or answer[3] != 0


#: An MQTT 3.1.1 CONNECT, clean, keepalive 60, client "x".
CONNECT = b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x"
LONG_AGO = timedelta(days=900)
