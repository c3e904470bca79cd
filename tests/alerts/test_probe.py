"""The synthetic alarm through its own doors: it is heard on MQTT, called by HTTP, closed as a test, and on no board."""

import asyncio
from datetime import timedelta

import httpx
import msgspec
import pytest

from alerts.audit.faults import Fault, Limits, troubles_of
from alerts.audit.postgres import AuditStore
from alerts.events import Found
from alerts.outcomes import OutcomeCode
from alerts.postgres import AlertStore
from alerts.probe import press
from alerts.probe.mqtt import opened
from alerts.probe.postgres import Presses
from alerts.probe.service import Prober
from alerts.probe.sockets import receiving
from contracts import AlertState, is_synthetic
from homes.model import Street
from homes.postgres import HomeStore
from homes.street import dump
from ingest.topics import parse
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool, pooled
from runtime.settings import Mqtt, Postgres
from tests.alerts.building import a_finding, a_home
from tests.alerts.running import with_home
from tests.until import until


def test_the_made_up_home_speaks_on_a_topic_of_its_own_shard_and_says_a_press() -> None:
    address = parse(press.topic())
    assert getattr(address, "home_id", None) == press.HOME and is_synthetic(press.HOME)
    said = msgspec.json.decode(press.payload(clock.now()), type=dict[str, list[dict[str, object]]])
    assert said["readings"][0]["value"] == {"kind": "help_button", "action": "pressed"}


@pytest.mark.door
async def test_a_press_that_becomes_a_call_is_timed_closed_and_shown_on_no_board(
    any_postgres: Postgres, mqtt: Mqtt
) -> None:
    async with pooled(any_postgres) as pool, receiving("127.0.0.1", 0) as (port, heard):
        url = f"http://127.0.0.1:{port}/"
        await with_home(any_postgres, press.home(url))
        with opened(mqtt, "dolbom-test-probe") as line:
            await until(lambda: line.say("home/warm-up", b"{}"), within=30, what="the broker is there")
            turn = asyncio.ensure_future(Prober(Presses(pool), line, heard).turn(Life()))
            await until(lambda: pressed(pool), within=30, what="a press is written down")
            await become_a_call(pool, url)
            seconds = await turn
        assert seconds is not None and seconds >= 0
        store = AlertStore(pool)
        (alert,) = await store.of_home(press.HOME)
        assert alert.state is AlertState.RESOLVED and alert.outcome
        assert alert.outcome.code is OutcomeCode.SYNTHETIC_TEST and alert.closed_at
        assert await store.open_alerts() == [] and sum(await store.opened_per_minute()) == 0
        facts = await AuditStore(pool).facts()
        assert facts.pressed_at and facts.missed_at is None


@pytest.mark.door
async def test_a_press_that_nobody_hears_is_missed_and_no_longer_once_the_next_is_heard(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        presses, now = Presses(pool), clock.now()
        await presses.made(now - timedelta(seconds=40))
        facts = await AuditStore(pool).facts()
        assert [one.fault for one in troubles_of(facts, Limits())] == [Fault.ALARM_MISSED]
        await presses.made(now)
        async with pool.connection() as connection:
            await connection.execute("update synthetic_press set called_at = now() where pressed_at = %s", [now])
        assert troubles_of(await AuditStore(pool).facts(), Limits()) == ()
        await presses.end()
        assert (await AuditStore(pool).facts()).pressed_at is None


@pytest.mark.door
async def test_the_made_up_home_is_in_no_street_file(postgres: Postgres) -> None:
    await with_home(postgres, a_home(), press.home("http://127.0.0.1:9/"))
    async with pooled(postgres) as pool:
        street = await HomeStore(pool).export()
        assert [home.home_id for home in street.homes] == [a_home().home_id]
        assert "synthetic" not in dump(street)
        report = await HomeStore(pool).save(Street(homes=(a_home(),)))
        assert press.HOME not in report.left_alone


@pytest.mark.door
async def test_the_receiver_takes_a_call_and_no_rubbish() -> None:
    async with receiving("127.0.0.1", 0) as (port, heard), httpx.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{port}/"
        assert (await client.post(url, json={"alert_id": "a-1", "text": "…"})).status_code == 204
        for body in (b"", b"[]", b"x" * 70_000):
            with pytest.raises(httpx.HTTPError):
                await client.post(url, content=body)
        assert heard.qsize() == 1 and heard.get_nowait() == "a-1"


async def pressed(pool: Pool) -> bool:
    return (await AuditStore(pool).facts()).pressed_at is not None


async def become_a_call(pool: Pool, url: str) -> None:
    """Do what detectors and the outbox do: find the press, and post its call."""
    at = (await AuditStore(pool).facts()).pressed_at
    assert at
    done = await AlertStore(pool).apply(Found(finding=a_finding(home=press.HOME, since=at)))
    assert done.alert and [one.responder_id for one in done.notifications] == ["synthetic"]
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(url, json={"alert_id": done.alert.alert_id})
