"""Told to stop, every service is gone within five seconds, even while somebody watches the board."""

import asyncio

import pytest

from tests.journey.board import signed_in
from tests.journey.town import town
from tests.until import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]


async def test_all_services_stop_within_five_seconds_also_with_an_open_page() -> None:
    async with town(1) as here, signed_in(here) as browser:
        async with browser.stream("GET", "/console/feed") as feed:
            assert feed.headers["content-type"].startswith("text/event-stream")
            stops = {
                name: asyncio.create_task(asyncio.to_thread(running.stop, 10.0))
                for name, running in here.running.items()
            }
            took = {name: await stop for name, stop in stops.items()}
        assert max(took.values()) < 5, took
        broken = {name: running.log_tail() for name, running in here.running.items() if running.status != 0}
        assert not broken, "\n".join(f"{name}:\n{tail}" for name, tail in broken.items())


async def test_a_service_stops_within_five_seconds_when_the_brokers_are_dead() -> None:
    async with town(1) as here:
        assert here.stack.mqtt is not None and here.stack.kafka is not None
        here.press(here.homes[0].home_id)
        await until(lambda: here.pushes, within=15, what="a push")
        await asyncio.to_thread(here.stack.mqtt.stop)
        await asyncio.to_thread(here.stack.kafka.stop)
        stops = {
            name: asyncio.create_task(asyncio.to_thread(running.stop, 10.0)) for name, running in here.running.items()
        }
        took = {name: await stop for name, stop in stops.items()}
        assert max(took.values()) < 5, took
