"""A burst: what the processor spends on very many readings, with what the contestant draws when idle taken off."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from bench.versus.street import Cry, Gateways
from bench.versus.team import Team
from contracts import HomeId
from runtime import clock
from runtime.settings import Mqtt

#: The draw when idle is measured for so long; the work is over when so long has cost no more than that.
_IDLE_SECONDS: Final = 3.0
_SETTLED_SECONDS: Final = 2.0
_MOST_SECONDS: Final = 45.0
_ALLOWED: Final = 0.06


@dataclass(frozen=True, kw_only=True)
class Burst:
    """What it took."""

    readings: int
    #: Processor seconds of each process, what it draws when idle taken off.
    parts: Mapping[str, float]
    #: Share of one core that it draws when nothing is said.
    idle: float
    seconds: float
    megabytes: float

    @property
    def per_100k(self) -> float:
        """Tell the processor seconds for 100,000 readings."""
        return sum(self.each_per_100k.values())

    @property
    def each_per_100k(self) -> dict[str, float]:
        """Tell them for each process."""
        return {name: 100_000 * seconds / max(1, self.readings) for name, seconds in self.parts.items()}


async def burst(
    mqtt: Mqtt,
    team: Team,
    gateways: Gateways,
    homes: Sequence[HomeId],
    readings: int,
    cries: Sequence[Cry],
    published: dict[tuple[str, str], float],
) -> Burst:
    """Say so many readings as fast as the broker takes them, cries evenly among them."""
    idle = await _idle(team)
    draw = sum(idle.values())
    spent, began = team.processor_seconds(), clock.ticks()
    await asyncio.to_thread(_talk, mqtt, gateways, homes, readings, cries, published)
    last, until = sum(team.processor_seconds().values()), began + _MOST_SECONDS
    while clock.ticks() < until:
        await asyncio.sleep(_SETTLED_SECONDS)
        now = sum(team.processor_seconds().values())
        if now - last <= (draw + _ALLOWED) * _SETTLED_SECONDS:
            break
        last = now
    seconds = clock.ticks() - began
    parts = {
        name: max(0.0, used - spent[name] - idle[name] * seconds) for name, used in team.processor_seconds().items()
    }
    return Burst(readings=readings, parts=parts, idle=draw, seconds=seconds, megabytes=team.megabytes())


async def _idle(team: Team) -> dict[str, float]:
    """Tell what share of a core each draws when nothing is said."""
    before = team.processor_seconds()
    await asyncio.sleep(_IDLE_SECONDS)
    return {name: (used - before[name]) / _IDLE_SECONDS for name, used in team.processor_seconds().items()}


def _talk(
    mqtt: Mqtt,
    gateways: Gateways,
    homes: Sequence[HomeId],
    readings: int,
    cries: Sequence[Cry],
    published: dict[tuple[str, str], float],
) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="versus-burst", protocol=paho.MQTTv5)
    client.max_inflight_messages_set(500)
    client.max_queued_messages_set(0)
    client.connect(mqtt.host, mqtt.port)
    client.loop_start()
    waiting = list(cries)
    every = max(1, readings // (len(cries) + 1))
    last = None
    for number in range(readings):
        moved = gateways.moved(homes[number % len(homes)], clock.now(), active=number // len(homes) % 2 == 0)
        last = client.publish(moved.topic, moved.payload, qos=1)
        if number % every == every - 1 and waiting:
            cry = waiting.pop(0)
            for message in gateways.cry(cry, clock.now()):
                published[cry.case] = clock.ticks()
                last = client.publish(message.topic, message.payload, qos=1)
    if last is not None:
        last.wait_for_publish(60)
    client.disconnect()
    client.loop_stop()
