"""Certificates are replaced while presses come in: none is lost, and who is connected stays so."""

import asyncio
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from homes.enrolment import authority as rules
from homes.enrolment.broker_files import Standing
from homes.enrolment.keeping import files
from runtime import clock
from tests.deploy.a_broker import Broker, Client, a_bridge, a_gateway, enrolled, is_refused, revoked, running
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.real]

#: Presses of each gateway, and more while its broker's certificates are replaced.
LEAST = 30


@pytest.fixture
def broker(server_folder: Path, request: pytest.FixtureRequest) -> Iterator[Broker]:
    with running(server_folder / f"rotation-{request.node.name[:30]}") as broker:
        yield broker


def renewed(broker: Broker, serial: int) -> None:
    """Write another certificate for the broker, as `python -m homes enrol authority` does."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = clock.now()
    server = rules.sign_server(broker.authority, key.public_key(), ["127.0.0.1"], serial=serial, now=now)
    files.write(broker.kept / files.SERVER_KEY, files.key_bytes(key), mode=files.OWNER_ONLY)
    files.write(broker.kept / files.SERVER, server.public_bytes(Encoding.PEM))


def shows(broker: Broker, serial: int) -> bool:
    return shown(broker) == serial


def shown(broker: Broker) -> int:
    """Read the serial number of the certificate that the broker shows to whoever comes now."""
    pem = ssl.get_server_certificate(("127.0.0.1", broker.passwords), ca_certs=broker.ca_file, timeout=10)
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


async def presses(gateway: Client, home: str, enough: asyncio.Event) -> set[bytes]:
    """Press again and again, each press after the broker has the one before; answer what was pressed."""
    pressed: set[bytes] = set()
    while not enough.is_set() or len(pressed) < LEAST:
        press = f"{home} {len(pressed)}".encode()
        assert not (await gateway.publish(f"home/0b/{home}/native/readings", press)).is_failure
        pressed.add(press)
    return pressed


async def test_the_brokers_certificate_is_replaced_under_presses_and_none_is_lost(broker: Broker) -> None:
    broker.tell(Standing())
    bridge, enough = await a_bridge(broker), asyncio.Event()
    gateways = {home: await a_gateway(broker, enrolled(broker, home)) for home in ("h-0001", "h-0002")}
    try:
        pressing = [asyncio.create_task(presses(gateway, home, enough)) for home, gateway in gateways.items()]
        for serial in (1001, 1002, 1003):
            renewed(broker, serial)
            broker.tell(Standing())
            await until(partial(shows, broker, serial), within=30, what="the new certificate")
        enough.set()
        said = set[bytes]().union(*await asyncio.gather(*pressing))
        await until(lambda: said <= {payload for _, payload in bridge.heard}, within=30, what="every press")
        assert len(bridge.heard) == len(said)
        assert [gateway.ended for gateway in gateways.values()] == [0, 0]
        assert not is_refused(broker, enrolled(broker, "h-0003"))
    finally:
        for client in (*gateways.values(), bridge):
            client.close()


async def test_half_of_a_new_pair_is_not_told_to_the_broker(broker: Broker) -> None:
    broker.tell(Standing())
    before = shown(broker)
    key = (broker.kept / files.SERVER_KEY).read_bytes()
    renewed(broker, 1001)
    (broker.kept / files.SERVER_KEY).write_bytes(key)
    broker.tell(Standing())
    assert files.server_certificate(broker.kept) is None
    assert shown(broker) == before


async def test_a_gateway_changes_its_certificate_and_goes_on_with_its_session(broker: Broker) -> None:
    bridge, old = await a_bridge(broker), enrolled(broker, "h-0001")
    first = await a_gateway(broker, old)
    try:
        await first.publish("home/0b/h-0001/native/readings", b"by the old one")
        new = enrolled(broker, "h-0001")
        second = await a_gateway(broker, new)
        await until(lambda: first.ended, within=30, what="the end of the old connection")
        broker.tell(revoked(old))
        await until(lambda: is_refused(broker, old), within=30, what="the refusal of the old certificate")
        await second.publish("home/0b/h-0001/native/readings", b"by the new one")
        await until(lambda: len(bridge.heard) == 2, within=30, what="both")
        second.close()
    finally:
        first.close()
        bridge.close()
