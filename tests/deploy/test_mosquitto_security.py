"""The broker of production under attack: refused, logged, and the honest gateway goes on unharmed."""

import asyncio
import contextlib
import resource
import signal
import socket
import ssl
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homes.enrolment.keeping import mqtt
from runtime import clock
from tests.deploy.a_broker import (
    CONNECT,
    LONG_AGO,
    Broker,
    Client,
    Credential,
    a_bridge,
    a_gateway,
    a_lasting_bridge,
    another_authority,
    enrolled,
    is_refused,
    revoked,
    running,
    started_again,
)
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.real]

#: Connections that never say who they are.
SILENT = 1_000


@pytest.fixture
def broker(server_folder: Path, request: pytest.FixtureRequest) -> Iterator[Broker]:
    with running(server_folder / f"attack-{request.node.name[:40]}") as broker:
        yield broker


async def _speaks(bridge: Client, gateway: Client, home: str, payload: bytes) -> None:
    assert not (await gateway.publish(f"home/0b/{home}/native/readings", payload)).is_failure
    await until(lambda: payload in [heard for _, heard in bridge.heard], what="the honest reading")


async def test_nobody_comes_in_with_a_certificate_that_is_not_ours_or_none(broker: Broker) -> None:
    now = clock.now()
    bridge, honest = await a_bridge(broker), await a_gateway(broker, enrolled(broker, "h-0001"))
    try:
        assert is_refused(broker, None)
        assert is_refused(broker, enrolled(broker, "h-0001", authority=another_authority(now)))
        assert is_refused(broker, enrolled(broker, "h-0001", now=now - LONG_AGO))
        assert not is_refused(broker, enrolled(broker, "h-0002"))
        await _speaks(bridge, honest, "h-0001", b"unharmed")
        await until(lambda: "peer did not return a certificate" in broker.log(), what="a word in the log")
        await until(lambda: "certificate verify failed" in broker.log(), what="another word in the log")
    finally:
        honest.close()
        bridge.close()


async def test_nobody_comes_in_to_the_services_without_a_password(broker: Broker) -> None:
    nameless = Client("nameless")
    nameless.paho.connect("127.0.0.1", broker.services)
    nameless.paho.loop_start()
    try:
        await until(lambda: nameless.connected, what="the answer")
        assert nameless.connected[0].is_failure
    finally:
        nameless.close()


async def test_a_revoked_gateway_does_not_come_in_again(broker: Broker) -> None:
    stolen, honest = enrolled(broker, "h-0003"), enrolled(broker, "h-0001")
    assert not is_refused(broker, stolen)
    broker.tell(revoked(stolen))
    await until(lambda: is_refused(broker, stolen), what="the refusal of a revoked certificate")
    await until(lambda: "certificate verify failed" in broker.log(), what="a word in the log")
    assert not is_refused(broker, honest)


async def test_two_revocations_within_a_second_are_both_believed(broker: Broker) -> None:
    stolen = [enrolled(broker, f"h-{number}") for number in range(4)]
    for number in range(4):
        broker.tell(revoked(*stolen[: number + 1]))
    await until(lambda: all(is_refused(broker, each) for each in stolen), what="four refusals")
    assert not is_refused(broker, enrolled(broker, "h-0001"))


async def test_a_session_of_tls_from_before_the_revocation_opens_nothing(broker: Broker) -> None:
    stolen = enrolled(broker, "h-0003")
    context = ssl.create_default_context(cafile=broker.ca_file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(stolen.certificate, stolen.key)
    with _tls(broker, context) as line:
        line.sendall(CONNECT)
        assert line.recv(16).startswith(b"\x20")
        kept = line.session
    broker.tell(revoked(stolen))
    await until(lambda: is_refused(broker, stolen), what="the refusal of a revoked certificate")
    with pytest.raises((ssl.SSLError, ConnectionError)), _tls(broker, context, kept) as line:
        line.sendall(CONNECT)
        if not line.recv(16):
            raise ConnectionError("closed")


async def test_a_standing_connection_of_a_revoked_gateway_neither_says_nor_hears_anything(broker: Broker) -> None:
    bridge, credential, fellow = await a_bridge(broker), enrolled(broker, "h-0003"), enrolled(broker, "h-0004")
    honest, victim = await a_gateway(broker, enrolled(broker, "h-0001")), await a_gateway(broker, credential)
    try:
        await victim.subscribe("cmd/h-0003/#")
        bridge.paho.publish("cmd/h-0003/clock", b"before", qos=1)
        await until(lambda: victim.heard, what="the word before")
        broker.tell(revoked(credential, fellow, denied=("h-0003", "h-0004")))
        await until(lambda: is_refused(broker, fellow), what="the refusal of one revoked with it")
        # Whatever it had subscribed to, and although its connection stands: the rules were read again.
        bridge.paho.publish("cmd/h-0003/clock", b"after", qos=1)
        await _speaks(bridge, honest, "h-0001", b"unharmed")
        assert victim.ended == 0 and victim.heard == [("cmd/h-0003/clock", b"before")]
        assert (await victim.publish("home/0b/h-0003/native/readings", b"still me")).is_failure
        await until(lambda: victim.ended, what="the end of its connection")
        assert b"still me" not in [payload for _, payload in bridge.heard]
    finally:
        for client in (bridge, honest, victim):
            client.close()


async def test_the_keeper_cuts_a_standing_connection_at_once(broker: Broker) -> None:
    bridge, credential = await a_bridge(broker), enrolled(broker, "h-0003")
    honest, victim = await a_gateway(broker, enrolled(broker, "h-0001")), await a_gateway(broker, credential)
    try:
        broker.tell(revoked(credential, denied=("h-0003",)))
        began = clock.ticks()
        await asyncio.to_thread(mqtt.cut, broker.keeper, ["h-0003"])
        await until(lambda: victim.ended, within=2, what="the end of the connection")
        sys.stdout.write(f"cut {1000 * (clock.ticks() - began):.0f} ms after the revocation was told\n")
        await _speaks(bridge, honest, "h-0001", b"unharmed")
        assert honest.ended == 0 and bridge.ended == 0
        assert len(victim.connected) == 1 and "h-0003 already connected, closing old" in broker.log()
    finally:
        for client in (bridge, honest, victim):
            client.close()


async def test_another_gateway_of_the_same_home_comes_in_after_a_revocation(broker: Broker) -> None:
    bridge, old = await a_bridge(broker), enrolled(broker, "h-0003")
    broker.tell(revoked(old, denied=("h-0003",)))
    await until(lambda: is_refused(broker, old), what="the refusal")
    new = enrolled(broker, "h-0003")
    broker.tell(revoked(old))
    gateway = await a_gateway(broker, new)
    try:
        await until(lambda: is_refused(broker, old), what="the refusal")
        await _speaks(bridge, gateway, "h-0003", b"the new one")
    finally:
        gateway.close()
        bridge.close()


async def test_telling_the_broker_loses_no_session_and_ends_nobody(broker: Broker) -> None:
    bridge = await a_lasting_bridge(broker)
    await bridge.subscribe("home/#")
    bridge.close()
    honest = await a_gateway(broker, enrolled(broker, "h-0001"))
    assert not (await honest.publish("home/0b/h-0001/native/readings", b"queued")).is_failure
    try:
        for number in range(5):
            broker.tell(revoked(*(enrolled(broker, f"h-{each}") for each in range(number))))
            assert not (await honest.publish("home/0b/h-0001/native/readings", b"%d" % number)).is_failure
        assert honest.ended == 0
        again = await a_lasting_bridge(broker)
        await until(lambda: len(again.heard) == 6, what="what was queued")
        again.close()
    finally:
        honest.close()


async def test_a_broker_that_started_again_and_is_told_keeps_what_waits_for_the_bridge(broker: Broker) -> None:
    bridge = await a_lasting_bridge(broker)
    await bridge.subscribe("home/#")
    bridge.close()
    honest = await a_gateway(broker, enrolled(broker, "h-0001"))
    for number in range(20):
        assert not (await honest.publish("home/0b/h-0001/native/readings", b"%d" % number)).is_failure
    honest.close()
    broker.child.stop()
    with started_again(broker):
        stolen = enrolled(broker, "h-0003")
        broker.tell(revoked(stolen))
        await until(lambda: is_refused(broker, stolen), what="the refusal")
        again = await a_lasting_bridge(broker)
        await until(lambda: len(again.heard) == 20, what="what was queued before the restart")
        again.close()


async def test_a_packet_that_is_too_long_ends_its_connection_and_nobody_elses(broker: Broker) -> None:
    bridge, credential = await a_bridge(broker), enrolled(broker, "h-0002")
    honest, glutton = await a_gateway(broker, enrolled(broker, "h-0001")), await a_gateway(broker, credential)
    before = _memory_of(broker)
    try:
        glutton.paho.publish("home/0b/h-0002/native/readings", b"x" * 5_000_000, qos=1)
        await until(lambda: glutton.ended, what="the end of the glutton")
        # Only the header is sent: the broker must not make room for what it announces.
        lines = [_announces_much(broker, whose) for whose in (credential, None) for _ in range(20)]
        assert all(line.recv(1) == b"" for line in lines)
        await _speaks(bridge, honest, "h-0001", b"unharmed")
        assert all(len(payload) < 5_000_000 for _, payload in bridge.heard)
        grown = _memory_of(broker) - before
        sys.stdout.write(f"the broker grew by {grown / 1e6:.1f} MB\n")
        assert grown < 64e6
        await until(lambda: "h-0002 disconnected due to" in broker.log(), what="a word in the log")
    finally:
        for client in (bridge, honest, glutton):
            client.close()


async def test_a_thousand_silent_connections_do_not_disturb_an_honest_gateway(broker: Broker) -> None:
    bridge, honest = await a_bridge(broker), await a_gateway(broker, enrolled(broker, "h-0001"))
    try:
        alone = await _times(bridge, honest, b"alone")
        with contextlib.ExitStack() as lines:
            for number in range(SILENT):
                port = broker.gateways if number % 2 else broker.passwords
                lines.enter_context(contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=5)))
            crowded = await _times(bridge, honest, b"crowded")
            assert not is_refused(broker, enrolled(broker, "h-0002"))
            assert broker.log().count("New connection from") > SILENT
        sys.stdout.write(f"median {alone:.1f} ms alone, {crowded:.1f} ms beside {SILENT} silent connections\n")
        assert honest.ended == 0 and crowded < alone + 100
    finally:
        honest.close()
        bridge.close()


async def _times(bridge: Client, gateway: Client, word: bytes) -> float:
    spans: list[float] = []
    for number in range(30):
        began = clock.ticks()
        await _speaks(bridge, gateway, "h-0001", word + b" %d" % number)
        spans.append(1000 * (bridge.heard_at[-1] - began))
    sys.stdout.write(f"{word.decode()}: worst {max(spans):.1f} ms\n")
    return statistics.median(spans)


def _tls(
    broker: Broker, context: ssl.SSLContext, session: ssl.SSLSession | None = None, *, port: int = 0
) -> ssl.SSLSocket:
    line = socket.create_connection(("127.0.0.1", port or broker.gateways), timeout=5)
    return context.wrap_socket(line, server_hostname="127.0.0.1", session=session)


def _announces_much(broker: Broker, credential: Credential | None) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=broker.ca_file)
    if credential is not None:
        context.load_cert_chain(credential.certificate, credential.key)
    # Without a certificate anybody comes as far as this where passwords are asked for.
    line = _tls(broker, context, port=broker.gateways if credential else broker.passwords)
    # A PUBLISH of 256 MB, of which nothing follows; a CONNECT of that length is no better.
    line.sendall((b"\x30" if credential else b"\x10") + b"\xff\xff\xff\x7f")
    return line


def _memory_of(broker: Broker) -> int:
    words = Path(f"/proc/{broker.child.pid}/statm").read_text().split()
    return int(words[1]) * resource.getpagesize()


async def test_a_broker_that_is_told_again_believes_the_same(broker: Broker) -> None:
    stolen = enrolled(broker, "h-0003")
    broker.tell(revoked(stolen))
    await until(lambda: is_refused(broker, stolen), what="the refusal")
    broker.child.send(signal.SIGHUP)
    assert is_refused(broker, stolen) and not is_refused(broker, enrolled(broker, "h-0001"))
