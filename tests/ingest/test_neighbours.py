"""A home that floods its shard does not stand before the cry of its neighbour."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from contracts import HomeId, shard_of
from contracts.topics import READINGS
from runtime import clock
from runtime.settings import Ingest, Kafka, Mqtt, Postgres, Settings
from tests.ingest.doors import Gateway, Log, a_bridge, a_gateway, a_log
from tests.ingest.street import a_home, saved, topic_of
from tests.ingest.tally import told
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.timeout(120)]

LOUD = "h-0001"
NEIGHBOUR = next(
    f"h-{number:04}" for number in range(2, 200) if shard_of(HomeId(f"h-{number:04}")) == shard_of(HomeId(LOUD))
)
A_SECOND = 2_000
SECONDS = 6


def a_flood(second: int) -> list[tuple[str, bytes]]:
    return [
        (topic_of(LOUD), b'{"readings":[{"sensor":"loud-%d","value":{"kind":"motion","active":true}}]}' % number)
        for number in range(second * A_SECOND, (second + 1) * A_SECOND)
    ]


async def flood(gateway: Gateway) -> float:
    """Say as much in each second as is meant; as fast as it goes, the broker itself would be what is measured."""
    began = clock.ticks()
    for second in range(SECONDS):
        await until(partial(_has_come, began + second), within=30, what="the next second")
        await asyncio.to_thread(gateway.say_many, a_flood(second))
    return clock.ticks() - began


def _has_come(moment: float) -> bool:
    return clock.ticks() >= moment


async def cried(gateway: Gateway, log: Log, number: int) -> float:
    """Press, and tell how long it took until Kafka had it."""
    sensor, began = f"press-{number}", clock.ticks()
    payload = f'{{"readings":[{{"sensor":"{sensor}","value":{{"kind":"help_button","action":"pressed"}}}}]}}'
    await asyncio.to_thread(gateway.say, topic_of(NEIGHBOUR), payload)

    async def there() -> bool:
        await log.look()
        # Looked for as bytes: reading all of the flood again at each look would be what is measured.
        return any(f'"{sensor}"'.encode() in value for values in log.records.values() for value in values)

    await until(there, what="the cry in Kafka")
    return clock.ticks() - began


async def test_a_flood_of_one_home_does_not_hold_up_its_neighbour(
    mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home(LOUD), a_home(NEIGHBOUR))
    settings = Settings(mqtt=mqtt, kafka=kafka, postgres=postgres, ingest=Ingest())
    with a_bridge(settings, tmp_path) as bridge, a_gateway(mqtt) as loud, a_gateway(mqtt) as neighbour:
        bridge.wait_ready()
        async with a_log(kafka, READINGS) as log:
            flooding = asyncio.create_task(flood(loud))
            took: list[float] = []
            while not flooding.done():
                took.append(await cried(neighbour, log, len(took)))
            rate = SECONDS * A_SECOND / await flooding
    median, worst = sorted(took)[len(took) // 2], max(took)
    told(f"{len(took)} cries beside {rate:.0f} messages a second: median {median:.3f} s, worst {worst:.3f} s")
    assert len(took) > 1
    assert worst < 2
