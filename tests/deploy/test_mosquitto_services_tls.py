"""The drop-in that seals the services' lines to the broker, as it stands in the configuration of Kubernetes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.children import answers, loopback_port
from tests.deploy.a_broker import FILES, PASSWORD, Broker, Client, a_gateway, enrolled, running, started_again
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.real]


@pytest.fixture
def sealed(server_folder: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Broker, int]]:
    """The broker with both drop-ins of `deploy/mosquitto/kustomization.yaml`, and the port of the sealed listener."""
    with running(server_folder / f"sealed-{request.node.name[:30]}") as broker:
        broker.child.stop()
        port = loopback_port()
        mounted(broker.folder, port)
        with started_again(broker):
            assert answers(port)
            yield broker, port


def mounted(folder: Path, port: int) -> None:
    """Lay out what the manifests mount, with this machine's folders and port, and nothing else changed."""
    drop_ins = folder / "conf.d"
    drop_ins.mkdir()
    shutil.copy(FILES / "conf.d" / "delivery.conf", drop_ins)
    text = (FILES / "services-tls.conf").read_text()
    moved = {
        "/mosquitto/config/": f"{FILES}/",
        "/mosquitto/kept/": f"{folder}/kept/",
        "/mosquitto/secrets/": f"{folder}/",
        "listener 8885": f"listener {port} 127.0.0.1",
    }
    for there, here in moved.items():
        assert there in text
        text = text.replace(there, here)
    (drop_ins / "services-tls.conf").write_text(text)
    config = folder / "mosquitto.conf"
    config.write_text(config.read_text().replace(f"include_dir {FILES}/conf.d", f"include_dir {drop_ins}"))


async def comes(client: Client, port: int, password: str) -> bool:
    """Tell whether the broker lets a service in."""
    client.paho.username_pw_set("bridge", password)
    client.paho.connect("127.0.0.1", port)
    client.paho.loop_start()
    await until(lambda: client.connected, what="the answer")
    return not client.connected[0].is_failure


async def test_a_service_hears_a_gateway_over_a_sealed_line_and_needs_its_password(sealed: tuple[Broker, int]) -> None:
    broker, port = sealed
    bridge, stranger = Client("dolbom-ingest-00"), Client("stranger")
    for client in (bridge, stranger):
        client.paho.tls_set(broker.ca_file)
    gateway = await a_gateway(broker, enrolled(broker, "h-0001"))
    try:
        assert await comes(bridge, port, PASSWORD)
        assert not await comes(stranger, port, "another")
        await bridge.subscribe("home/#")
        topic = "home/0b/h-0001/native/readings"
        assert not (await gateway.publish(topic, b"pressed")).is_failure
        await until(lambda: (topic, b"pressed") in bridge.heard, what="the press")
    finally:
        for client in (bridge, stranger, gateway):
            client.close()


async def test_nobody_is_heard_on_the_sealed_port_in_clear(sealed: tuple[Broker, int]) -> None:
    _, port = sealed
    clear = Client("clear")
    clear.paho.username_pw_set("bridge", PASSWORD)
    clear.paho.connect("127.0.0.1", port)
    clear.paho.loop_start()
    try:
        await until(lambda: clear.ended, what="the end of the line")
        assert not clear.connected
    finally:
        clear.close()
