"""One connection to the broker: what it acknowledges, and what it must never acknowledge."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.message import GatewayMessage
from ingest.mqtt import BrokerAway, Client, Connection
from ingest.ticket import Ticket
from ingest.wire.mqtt import FastClient, PlainClient, client_of
from runtime.settings import Mqtt
from tests.ingest.doors import a_gateway
from tests.ingest.proxy import a_cable
from tests.ingest.street import topic_of
from tests.until import until

pytestmark = pytest.mark.door

CLIENTS = [PlainClient, FastClient]
EVERYTHING = ("home/#",)


class Ear:
    """Hears and keeps the tickets open until the test closes them."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, Ticket]] = []

    def hear(self, message: GatewayMessage) -> Ticket:
        ticket = Ticket(left=1)
        self.heard.append((message.payload, ticket))
        return ticket

    def payloads(self) -> list[bytes]:
        return [payload for payload, _ in self.heard]

    def close(self, *, count: int) -> None:
        for _, ticket in self.heard[:count]:
            ticket.left = 0


@contextmanager
def a_connection(mqtt: Mqtt, ear: Ear, client: Client = FastClient) -> Iterator[Connection]:
    connection = Connection(
        mqtt, EVERYTHING, window=100, hear=ear.hear, acknowledged=lambda ticket: None, client=client
    )
    try:
        yield connection
    finally:
        connection.drop()


class Reset(PlainClient):
    """A client whose other side has gone without a word."""

    def socket(self) -> socket.socket:
        return socket.socket()


async def test_a_connection_whose_other_side_has_gone_can_still_be_dropped(mqtt: Mqtt) -> None:
    connection = Connection(mqtt, EVERYTHING, window=1, hear=Ear().hear, acknowledged=lambda ticket: None, client=Reset)
    connection.drop()
    assert connection.down.is_set()


@pytest.mark.parametrize("client", CLIENTS)
async def test_what_is_not_acknowledged_is_heard_again_in_order_and_what_is_acknowledged_is_not(
    client: Client, any_mqtt: Mqtt
) -> None:
    with a_gateway(any_mqtt) as gateway:
        ear = Ear()
        with a_connection(any_mqtt, ear, client) as connection:
            await connection.open()
            gateway.say_many([(topic_of("h-0001"), b"%d" % number) for number in range(10)])
            await until(lambda: len(ear.heard) == 10, what="ten messages")
            ear.close(count=4)
            connection.progressed()
            # A broker reads a connection in order: what follows the acknowledgements proves them.
            gateway.listen("ack/h-0001")
            await until(lambda: connection.held == 6, what="the acknowledgements")
            connection.say("ack/h-0001", b"{}")
            await until(lambda: gateway.heard, what="what was said after the acknowledgements")
        again = Ear()
        with a_connection(any_mqtt, again, client) as connection:
            await connection.open()
            await until(lambda: len(again.heard) == 6, what="what was not acknowledged")
            assert again.payloads() == [b"%d" % number for number in range(4, 10)]


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_later_message_never_overtakes_an_earlier_one(client: Client, any_mqtt: Mqtt) -> None:
    with a_gateway(any_mqtt) as gateway:
        ear = Ear()
        with a_connection(any_mqtt, ear, client) as connection:
            await connection.open()
            gateway.say_many([(topic_of("h-0001"), b"%d" % number) for number in range(3)])
            await until(lambda: len(ear.heard) == 3, what="three messages")
            ear.heard[1][1].left = ear.heard[2][1].left = 0
            connection.progressed()
        again = Ear()
        with a_connection(any_mqtt, again, client) as connection:
            await connection.open()
            await until(lambda: len(again.heard) == 3, what="all three, because the first was open")


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_late_acknowledgement_never_touches_a_new_connection(client: Client, any_mqtt: Mqtt) -> None:
    with a_cable(any_mqtt.port) as cable, a_gateway(any_mqtt) as gateway:
        through = replace(any_mqtt, port=cable.port)
        old, new, last = Ear(), Ear(), Ear()
        with a_connection(through, old, client) as first, a_connection(through, new, client) as second:
            await first.open()
            gateway.say(topic_of("h-0001"), b"cry")
            await until(lambda: old.heard, what="the cry")
            cable.pull()
            await until(first.down.is_set, what="the loss of the connection")
            cable.plug()
            await second.open()
            await until(lambda: new.heard, what="the cry again")
            old.close(count=1)
            first.progressed()
        with a_connection(any_mqtt, last) as third:
            await third.open()
            await until(lambda: last.payloads() == [b"cry"], what="the cry a third time: nobody has written it")


class Deaf(Ear):
    """Has a bug: it fails on one message."""

    def hear(self, message: GatewayMessage) -> Ticket:
        if message.payload == b"1":
            raise ValueError("a bug of ours")
        return super().hear(message)


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_bug_of_ours_with_one_message_does_not_silence_the_next(client: Client, any_mqtt: Mqtt) -> None:
    with a_gateway(any_mqtt) as gateway:
        ear = Deaf()
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        with a_connection(any_mqtt, ear, client) as connection:
            await connection.open()
            gateway.say_many([(topic_of("h-0001"), b"%d" % number) for number in range(4)])
            await until(lambda: ear.payloads() == [b"0", b"2", b"3"], what="the three others")


@pytest.mark.parametrize("client", CLIENTS)
async def test_what_was_said_at_qos_0_is_heard_and_needs_no_acknowledgement(client: Client, any_mqtt: Mqtt) -> None:
    with a_gateway(any_mqtt) as gateway:
        ear = Ear()
        with a_connection(any_mqtt, ear, client) as connection:
            await connection.open()
            gateway.whisper(topic_of("h-0001"), b"0")
            gateway.say(topic_of("h-0001"), b"1")
            await until(lambda: ear.payloads() == [b"0", b"1"], what="both")
            ear.close(count=2)
            connection.progressed()
            await until(lambda: connection.held == 0, what="the acknowledgement")


def a_certificate(folder: Path) -> tuple[Path, Path]:
    if not shutil.which("openssl"):
        pytest.skip("ran without TLS: openssl is not installed")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=broker",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run(["openssl", *command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@pytest.mark.parametrize("client", CLIENTS)
async def test_over_tls_nothing_is_left_lying_in_the_buffers(client: Client, mqtt: Mqtt, tmp_path: Path) -> None:
    key, certificate = a_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    with a_cable(mqtt.port, tls) as cable, a_gateway(mqtt) as gateway:
        ear = Ear()
        with a_connection(replace(mqtt, port=cable.port, ca_file=str(certificate)), ear, client) as connection:
            await connection.open()
            said = [b"%d" % number + bytes(30_000) for number in range(60)]
            gateway.say_many([(topic_of("h-0001"), payload) for payload in said])
            await until(lambda: ear.payloads() == said, what="all messages")
            ear.close(count=60)
            connection.progressed()
            await until(lambda: connection.held == 0, what="the acknowledgements")


async def test_a_broker_whose_certificate_is_strange_is_not_spoken_to(mqtt: Mqtt, tmp_path: Path) -> None:
    key, certificate = a_certificate(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    with a_cable(mqtt.port, tls) as cable:
        strange = replace(mqtt, port=cable.port, ca_file=str(a_certificate(other)[1]))
        with a_connection(strange, Ear()) as connection, pytest.raises(BrokerAway):
            await connection.open()


async def test_a_broker_that_is_not_there_is_told(mqtt: Mqtt) -> None:
    with a_cable(mqtt.port) as cable:
        cable.pull()
        with a_connection(replace(mqtt, port=cable.port), Ear()) as connection, pytest.raises(BrokerAway):
            await connection.open()


async def test_a_broker_that_does_not_answer_is_told(mqtt: Mqtt) -> None:
    with a_cable(mqtt.port) as cable:
        cable.hang()
        with a_connection(replace(mqtt, port=cable.port), Ear()) as connection, pytest.raises(BrokerAway):
            await connection.open()


def test_the_paho_that_is_installed_has_the_parts_that_the_fast_client_needs() -> None:
    assert isinstance(client_of(Mqtt(), lambda publish: None), FastClient)
