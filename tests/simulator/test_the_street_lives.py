"""The street against a real broker: births, wills, stored readings, and scenes by HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from contracts import SensorId
from contracts.values import HelpButton
from runtime import clock
from runtime.lifecycle import Life
from runtime.settings import Mqtt
from simulator.dialects import Dialect, Message, dialect_of, native
from simulator.gateway.mqtt import Gateway
from simulator.household import Household, Sighting, readings_between
from simulator.mqtt import Line
from simulator.push import Telephone
from simulator.scenes import SceneName
from simulator.service import Pace, Player
from simulator.web import Stage, serving
from tests.simulator.builders import NOON, a_household
from tests.simulator.listening import Ear, listening
from tests.until import until

pytestmark = pytest.mark.door


@asynccontextmanager
async def a_street(mqtt: Mqtt, *homes: Household, pace: Pace | None = None) -> AsyncIterator[Player]:
    life, player = Life(), Player(homes, mqtt, pace or Pace(heartbeat_seconds=0.5))
    task = asyncio.create_task(player.live(life))
    try:
        await until(lambda: life.ready, what="the street is online")
        yield player
    finally:
        life.stopping.set()
        await task


def _a_native_seed(home_id: str) -> int:
    seeds = (seed for seed in range(20) if dialect_of(replace(a_household(home_id), seed=seed)) is Dialect.NATIVE)
    return next(seeds)


def _offline(ear: Ear, home: Household) -> bool:
    return any(said["online"] is False for said in ear.values(home.home_id, "gateway_status"))


@pytest.mark.parametrize("shared", [False, True], ids=["a line each", "one line for all"])
async def test_a_home_comes_online_beats_and_cries(any_mqtt: Mqtt, shared: bool) -> None:
    home = a_household(f"h-cry-{shared}")
    with listening(any_mqtt) as ear:
        async with a_street(any_mqtt, home, pace=Pace(heartbeat_seconds=0.5, shared=shared)) as player:
            await until(lambda: ear.values(home.home_id, "heartbeat"), what="a heartbeat")
            assert ear.values(home.home_id, "gateway_status")[0]["online"] is True
            await until(lambda: len(ear.values(home.home_id, "heartbeat")) > 2, what="more heartbeats")
            assert len(ear.values(home.home_id, "test_pressed")) == 1
            assert player.play(SceneName.HELP_BUTTON, home.home_id) == (home.home_id,)
            await until(lambda: ear.cries(home.home_id), what="the cry")


@pytest.mark.parametrize("shared", [False, True], ids=["a line each", "one line for all"])
async def test_a_cut_gateway_is_declared_offline_and_forwards_what_it_stored(mqtt: Mqtt, shared: bool) -> None:
    home = a_household(f"h-cut-{shared}")
    with listening(mqtt) as ear:
        async with a_street(mqtt, home, pace=Pace(heartbeat_seconds=0.5, shared=shared)) as player:
            gateway = player.gateways[home.home_id]
            await until(lambda: ear.values(home.home_id, "heartbeat"), what="a heartbeat")
            gateway.cut(timedelta(seconds=1.5))
            gateway.say([Sighting(sensor_id=SensorId("help-bedroom"), at=clock.now(), value=HelpButton())])
            await until(lambda: _offline(ear, home), what="the last will")
            assert not ear.cries(home.home_id)
            await until(lambda: ear.cries(home.home_id), what="the stored cry")
            assert ear.values(home.home_id, "gateway_status")[-1]["online"] is True


async def test_a_gateway_holds_what_it_says_until_kafka_has_it(mqtt: Mqtt) -> None:
    home = replace(a_household("h-holds"), seed=_a_native_seed("h-holds"))
    with listening(mqtt) as ear:
        async with a_street(mqtt, home, pace=Pace(heartbeat_seconds=60)) as player:
            outbox = player.gateways[home.home_id].outbox
            player.play(SceneName.HELP_BUTTON, home.home_id)
            await until(lambda: ear.cries(home.home_id), what="the cry")
            await until(lambda: not outbox.under_way, what="the broker has it")
            assert outbox.held
            word = f'{{"session":{outbox.session},"seq":{outbox.next_seq - 1}}}'.encode()
            ear.say(f"ack/{home.home_id}", word)
            await until(lambda: not outbox.held, what="the gateway forgets it")


async def test_a_line_keeps_what_it_says_until_the_broker_has_it(mqtt: Mqtt) -> None:
    line = Line(mqtt, client_id="a-patient-line")
    home = a_household("h-patient")
    answered = line.say(native(home.home_id, [], session=1, seq=1))
    assert line.unanswered == 1
    with listening(mqtt) as ear:
        line.open()
        await asyncio.wait_for(answered, 10)
        assert line.unanswered == 0
        await until(lambda: ear.of(home.home_id), what="the message that waited")
        await line.close()


async def test_a_line_to_a_dead_broker_can_be_closed() -> None:
    line = Line(Mqtt(port=9), client_id="nobody-there")
    line.open()
    line.say(Message(topic="home/00/h/native/readings", payload=b"{}"))
    await until(lambda: line.unanswered == 1)
    await asyncio.wait_for(line.close(), 3)


async def test_stored_hours_are_sent_before_the_street_lives_on(mqtt: Mqtt) -> None:
    home = replace(a_household("h-stored"), seed=_a_native_seed("h-stored"))
    with listening(mqtt) as ear:
        async with a_street(mqtt, home, pace=Pace(heartbeat_seconds=0.5, stored_hours=6)):
            await until(lambda: len(ear.values(home.home_id, "heartbeat")) > 72, what="the stored heartbeats")
        readings = [reading["at"] for body in ear.of(home.home_id) for reading in body["readings"]]
        assert readings[1:] == sorted(readings[1:])


async def test_scenes_are_begun_by_http(mqtt: Mqtt) -> None:
    homes = [a_household(f"h-http-{number}") for number in range(4)]
    resting = a_household("h-http-rest", resting=True)
    async with (
        a_street(mqtt, *homes, resting) as player,
        serving(Stage(player).app(), port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as ask,
    ):
        assert (await ask.post("/scenes/help_button", params={"home": "h-http-2"})).json()["homes"] == ["h-http-2"]
        assert (await ask.post("/scenes/stillness")).json()["homes"] == ["h-http-rest"]
        assert (await ask.post("/scenes/smoke")).status_code == 200
        assert (await ask.post("/scenes/earthquake")).status_code == 404
        assert (await ask.post("/scenes/fall", params={"home": "h-nobody"})).status_code == 404
        shown = await ask.post("/scenes/fall", headers={"accept": "text/html"})
        assert shown.headers["location"].startswith("/?played=fall")
        assert "응급 호출" in (await ask.get(shown.headers["location"])).text
        assert len((await ask.get("/homes")).json()["homes"]) == 5
        assert "flood" in (await ask.get("/scenes")).json()["scenes"]
        assert (await ask.post("/scenes/flood")).json()["homes"]


async def test_a_telephone_shows_what_it_took() -> None:
    telephone = Telephone()
    async with serving(telephone.app(), port=0) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as call:
        assert (
            await call.post("/push", json={"title": "<긴급>", "link": "http://127.0.0.1/r/x", "n": 1})
        ).status_code == 204
        assert (await call.post("/push", content=b"hello")).status_code == 400
        assert (await call.get("/pushes")).json()["total"] == 1
        page = (await call.get("/")).text
        assert "&lt;긴급&gt;" in page
        assert '<a href="http://127.0.0.1/r/x">' in page


async def test_a_life_told_ahead_is_said_when_it_happens_and_once(mqtt: Mqtt) -> None:
    home = replace(a_household("h-ahead"), seed=_a_native_seed("h-ahead"))
    line = Line(mqtt, client_id="a-line-that-tells-ahead")
    gateway = Gateway(home, mqtt, session=1, line=line)
    with listening(mqtt) as ear:
        line.open()
        await until(line.connected.is_set, what="the line is up")
        for minute in range(0, 61, 4):
            gateway.live(NOON, NOON + timedelta(minutes=minute))
        await until(lambda: len(_said(ear, home)) == len(readings_between(home, NOON, NOON + timedelta(hours=1))))
        assert _said(ear, home) == sorted(_said(ear, home))
        await line.close()


def _said(ear: Ear, home: Household) -> list[str]:
    return [reading["at"] for body in ear.of(home.home_id) for reading in body["readings"]]
