"""The broker itself is killed: what it had acknowledged and never passed on, the gateways still hold."""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts import SensorId
from contracts.topics import READINGS
from contracts.values import Motion
from deploy.embedded.mosquitto import LocalMosquitto, NoMosquitto
from runtime import clock
from runtime.settings import Kafka, Mqtt, Postgres, Settings
from simulator.gateway.mqtt import Gateway
from simulator.household import Sighting
from tests.ingest.doors import a_bridge, a_log
from tests.ingest.street import a_home, saved
from tests.ingest.tally import tally
from tests.simulator.builders import a_household
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.real, pytest.mark.timeout(180)]

HOMES = [f"h-{number}" for number in range(6)]


@pytest.fixture
def broker(server_folder: Path) -> Iterator[LocalMosquitto]:
    try:
        mosquitto = LocalMosquitto(server_folder / "crashing")
    except NoMosquitto as why:
        pytest.skip(f"no broker was killed: {why}")
    with mosquitto:
        yield mosquitto


def a_native_gateway(home_id: str, mqtt: Mqtt) -> Gateway:
    home = a_household(home_id)
    seeds = (replace(home, seed=seed) for seed in range(100))
    gateways = (Gateway(each, mqtt, session=int(clock.now().timestamp())) for each in seeds)
    return next(gateway for gateway in gateways if not gateway.direct)


def say(gateways: list[Gateway], first: int, count: int) -> None:
    for number in range(first, first + count):
        seen = Sighting(sensor_id=SensorId(f"s-{number}"), at=clock.now(), value=Motion(active=True))
        gateways[number % len(gateways)].say([seen])


async def test_a_killed_broker_loses_nothing_of_what_gateways_said(
    broker: LocalMosquitto, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    mqtt = Mqtt(port=broker.port)
    await saved(postgres, *(a_home(home_id) for home_id in HOMES))
    gateways = [a_native_gateway(home_id, mqtt) for home_id in HOMES]
    with a_bridge(Settings(mqtt=mqtt, kafka=kafka, postgres=postgres), tmp_path) as bridge:
        async with a_log(kafka, READINGS) as log:
            bridge.wait_ready()
            for gateway in gateways:
                gateway.open()
            say(gateways, 0, 300)
            await until(lambda: not any(gateway.outbox.held for gateway in gateways), what="Kafka's word for all")
            # The bridge does not read: the broker takes and acknowledges, and is killed with all of it.
            bridge.send(signal.SIGSTOP)
            say(gateways, 300, 600)
            await until(lambda: not any(gateway.outbox.under_way for gateway in gateways), what="the broker has all")
            assert sum(len(gateway.outbox.held) for gateway in gateways) == 600
            assert broker.child is not None
            broker.child.kill()
            say(gateways, 900, 100)
            broker.start()
            bridge.send(signal.SIGCONT)
            await tally(log, 1_000, what="the broker is killed with what it acknowledged", within=90)
            await until(lambda: not any(gateway.outbox.held for gateway in gateways), within=30, what="empty outboxes")
    await asyncio.gather(*(gateway.close() for gateway in gateways))
