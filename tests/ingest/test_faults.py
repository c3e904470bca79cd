"""What fails between a gateway and Kafka costs time and nothing else: sent, stored, lost, twice are counted."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from contracts.topics import READINGS
from deploy.embedded.mosquitto import LocalMosquitto, NoMosquitto
from runtime import clock
from runtime.settings import Ingest, Kafka, Mqtt, Postgres, Settings
from tests.ingest.doors import Gateway, Log, a_bridge, a_gateway, a_log
from tests.ingest.proxy import a_cable
from tests.ingest.street import a_home, saved, topic_of
from tests.ingest.tally import MOTION, a_flow, tally, told
from tests.until import until

LONG = bool(os.environ.get("DOLBOM_RUN_LONG"))
#: Kafka is away for so long; ten minutes by hand.
OUTAGE_SECONDS = 600.0 if LONG else 20.0

pytestmark = [pytest.mark.door, pytest.mark.real, pytest.mark.timeout(1_200 if LONG else 180)]

HOMES = [f"h-{number}" for number in range(23)]


@contextmanager
def a_mosquitto(folder: Path) -> Iterator[LocalMosquitto]:
    try:
        broker = LocalMosquitto(folder)
    except NoMosquitto as why:
        pytest.skip(str(why))
    with broker:
        yield broker


@pytest.fixture
def broker(server_folder: Path, request: pytest.FixtureRequest) -> Iterator[LocalMosquitto]:
    """A Mosquitto that this test alone may end and start."""
    with a_mosquitto(server_folder / f"mosquitto-{abs(hash(request.node.name))}") as broker:
        yield broker


@pytest.fixture
async def settings(broker: LocalMosquitto, kafka: Kafka, postgres: Postgres) -> Settings:
    await saved(postgres, *(a_home(home_id) for home_id in HOMES))
    return Settings(mqtt=Mqtt(host=broker.host, port=broker.port), kafka=kafka, postgres=postgres)


def port_of(kafka: Kafka) -> int:
    return int(kafka.bootstrap.rpartition(":")[2])


async def said_for(gateway: Gateway, seconds: float) -> int:
    """Let the homes speak for a while, two hundred messages in a second; answer how many they said."""
    began = clock.ticks()
    said = 0
    while said < 200 * seconds:
        await asyncio.to_thread(gateway.say_many, a_flow(HOMES, 50, begin=said))
        said += 50
        await until(partial(reached, began + said / 200), within=seconds, what="the time of the next fifty")
    return said


def reached(moment: float) -> bool:
    return clock.ticks() >= moment


@pytest.mark.parametrize("fault", ["pull", "hang"])
async def test_while_kafka_is_away_for_long_the_broker_keeps_everything(
    fault: str, settings: Settings, tmp_path: Path
) -> None:
    with a_cable(port_of(settings.kafka)) as cable, a_gateway(settings.mqtt) as gateway:
        through = replace(settings, kafka=replace(settings.kafka, bootstrap=f"127.0.0.1:{cable.port}"))
        async with a_log(settings.kafka, READINGS) as log:
            with a_bridge(through, tmp_path) as bridge:
                bridge.wait_ready()
                getattr(cable, fault)()
                sent = await said_for(gateway, OUTAGE_SECONDS)
                cable.plug()
                await tally(log, sent, what=f"Kafka away for {OUTAGE_SECONDS:g} s ({fault})", within=120)


async def test_a_broker_that_is_restarted_twice_loses_nothing(
    broker: LocalMosquitto, settings: Settings, tmp_path: Path
) -> None:
    async with a_log(settings.kafka, READINGS) as log:
        with a_bridge(settings, tmp_path) as bridge, a_gateway(settings.mqtt) as gateway:
            bridge.wait_ready()
            flow = asyncio.create_task(said_for(gateway, 8))
            for _ in range(2):
                before = len(await log.readings())
                await grown(log, before + 200)
                broker.stop()
                broker.start()
            await tally(log, await flow, what="Mosquitto restarted twice")


async def grown(log: Log, count: int) -> None:
    async def there() -> bool:
        return len(await log.readings()) >= count

    await until(there, within=30, what="the flow in its middle")


async def test_a_bridge_that_is_killed_again_and_again_and_then_replaced_loses_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    lives, each = (40, 1_000) if LONG else (5, 1_000)
    async with a_log(settings.kafka, READINGS) as log:
        with a_gateway(settings.mqtt) as gateway:
            for life in range(lives):
                with a_bridge(replace(settings, ingest=Ingest(name="one")), tmp_path) as bridge:
                    bridge.wait_ready()
                    flow = asyncio.create_task(
                        asyncio.to_thread(gateway.say_many, a_flow(HOMES, each, begin=each * life))
                    )
                    await grown(log, each * life + each // 5)
                    bridge.kill()
                    await flow
            with a_bridge(replace(settings, ingest=Ingest(name="another")), tmp_path):
                await tally(log, lives * each, what=f"a bridge killed {lives} times, then another one")


def stored(begin: int, count: int) -> bytes:
    """Make one message of a gateway that was cut off for hours."""
    at = (clock.now() - timedelta(hours=3)).isoformat()
    readings = ",".join(f'{{"sensor":"s-{seq}","value":{MOTION}}}' for seq in range(begin, begin + count))
    return f'{{"at":"{at}","session":3,"seq":{begin + 1},"readings":[{readings}]}}'.encode()


async def test_a_press_overtakes_a_backlog_of_a_million_late_readings(settings: Settings, tmp_path: Path) -> None:
    with a_bridge(settings, tmp_path, "init") as preparing:
        await until(lambda: not preparing.alive, what="the end of the preparation")
        assert preparing.status == 0, preparing.log_tail()
    late = [topic_of(home_id).replace("home/", "late/", 1) for home_id in HOMES]
    with a_gateway(settings.mqtt) as gateway:
        for begin in range(0, 1_000, 50):
            batch = [(late[seq % len(late)], stored(seq * 1_000, 1_000)) for seq in range(begin, begin + 50)]
            await asyncio.to_thread(gateway.say_many, batch)
        async with a_log(settings.kafka, READINGS) as log:
            with a_bridge(settings, tmp_path) as bridge:
                bridge.wait_ready()
                await until(partial(found, log, b'"late":true'), what="the backlog on its way")
                took = [await pressed(gateway, log, press) for press in range(40)]
                backlog = len(await log.readings()) - len(took)
                told(f"presses beside a backlog of 1,000,000: slowest {max(took):.3f} s, {backlog} of it gone by then")
                assert max(took) < 1 and 0 < backlog < 500_000


async def pressed(gateway: Gateway, log: Log, press: int) -> float:
    """Press the button of a home with a backlog; answer how long that took into Kafka."""
    began = clock.ticks()
    said = f'{{"session":4,"seq":{press + 1},"readings":[{{"sensor":"p-{press}","value":{{"kind":"help_button"}}}}]}}'
    await asyncio.to_thread(gateway.say, topic_of(HOMES[press % len(HOMES)]), said)
    await until(partial(found, log, f'"p-{press}"'.encode()), what="the press in Kafka")
    return clock.ticks() - began


async def found(log: Log, what: bytes) -> bool:
    await log.look()
    return any(what in value for values in log.records.values() for value in values)
