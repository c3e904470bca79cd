"""The whole way there and back: a cry goes out as a text message, and a text message is its answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import pytest

from alerts.events import Found
from alerts.model import Alert
from contracts import AlertState, HomeId
from homes.model import Channel, Policy, PolicyStep, ResponderKind, Roster, Rotation, Street
from homes.postgres import HomeStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.alerts.building import a_finding, a_home, a_policy, a_responder
from tests.alerts.provider import INBOUND, Provider, provider
from tests.alerts.running import environ_of, running, with_home
from tests.console.inbound.test_what_comes_in import Door
from tests.console.running import centre
from tests.until import until

pytestmark = pytest.mark.door

DAUGHTER, SON, GUARD, NURSE = "01000000001", "01000000002", "01000000003", "01000000004"
POLICY = a_policy((0, ResponderKind.FAMILY), (3600, ResponderKind.GUARD))


@dataclass(kw_only=True)
class Service:
    """The running service, its provider, and the provider's hand."""

    door: Door
    gateway: Provider

    async def cried(self) -> Alert:
        done = await self.door.centre.store.apply(Found(finding=a_finding(since=clock.now())))
        assert done.alert
        return done.alert

    async def told(self, number: str, count: int, what: str) -> str:
        await until(lambda: len(self.gateway.texts(number)) >= count, within=30, what=what)
        return self.gateway.texts(number)[-1]


@asynccontextmanager
async def a_service(folder: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Service]:
    people = (
        a_responder("daughter", ResponderKind.FAMILY, DAUGHTER, channel=Channel.SMS),
        a_responder("son", ResponderKind.FAMILY, SON, channel=Channel.SMS, language="en"),
        a_responder("guard", ResponderKind.GUARD, GUARD, channel=Channel.SMS),
    )
    await with_home(postgres, a_home(responders=people, policy=POLICY))
    async with provider(DAUGHTER, SON, GUARD) as gateway:
        settings = {
            "DOLBOM_ALERTS_SMS_GATEWAY": "generic-json",
            "DOLBOM_ALERTS_SMS_GATEWAY_URL": gateway.url,
            "DOLBOM_ALERTS_SMS_GATEWAY_SECRET": "a key",
            "DOLBOM_ALERTS_SMS_GATEWAY_SENDER": "15990000",
            "DOLBOM_ALERTS_SMS_INBOUND_SECRET": INBOUND,
        }
        async with (
            centre(folder, postgres, kafka, **settings) as here,
            running(folder, environ_of(postgres, kafka) | settings),
            httpx.AsyncClient(base_url=here.url, trust_env=False) as client,
        ):
            yield Service(door=Door(centre=here, client=client), gateway=gateway)


async def test_a_yes_by_text_message_is_heard_and_everybody_else_is_told(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with a_service(tmp_path, postgres, kafka) as service:
        alert = await service.cried()
        assert "도움 요청" in await service.told(DAUGHTER, 1, "the daughter is called")
        assert "Help requested" in await service.told(SON, 1, "the son is called")
        assert await service.door.reply("네", sender=DAUGHTER) == "done"
        assert "답을 받았습니다" in await service.told(DAUGHTER, 2, "she hears that she was heard")
        assert "Somebody else has it" in await service.told(SON, 2, "he hears that he need not go")
        now = await service.door.state(alert)
        assert now.state is AlertState.ACKNOWLEDGED and now.goes == "daughter"
        assert len(set(service.gateway.keys())) == len(service.gateway.keys()) == 4


async def test_who_was_not_reached_and_who_cannot_go_let_the_next_be_called(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with a_service(tmp_path, postgres, kafka) as service:
        await service.cried()
        await service.told(DAUGHTER, 1, "the daughter is called")
        await service.told(SON, 1, "the son is called")
        assert await service.door.reply("2", sender=SON) == "done"
        await service.told(GUARD, 1, "the guard is called at once, an hour before his time")


async def test_who_is_called_by_a_roster_answers_as_anybody_else(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with a_service(tmp_path, postgres, kafka) as service:
        nurse = a_responder("nurse", ResponderKind.CARE_MANAGER, NURSE, channel=Channel.SMS)
        turns = Rotation(responders=(nurse.responder_id,), from_day=date(2026, 1, 1))
        duty = Roster(roster_id="night", name="night", rotations=(turns,))
        step = PolicyStep(after_seconds=0, rosters=("night",))
        home = a_home(HomeId("h-0002"), responders=(), policy=Policy(policy_id="duty", name="duty", steps=(step,)))
        street = Street(homes=(home,), responders=(nurse,), rosters=(duty,), policies=(home.policy,))
        await HomeStore(service.door.centre.pool).save(street)
        service.gateway.expected.add(NURSE)
        done = await service.door.centre.store.apply(Found(finding=a_finding(home=home.home_id, since=clock.now())))
        assert done.alert
        text = await service.told(NURSE, 1, "whoever is on duty is called")
        link = next(word for word in text.split() if "/r/" in word)
        page = await service.door.client.get("/r/" + link.partition("/r/")[2])
        assert page.status_code == 200
        assert await service.door.reply("1", sender=NURSE) == "done"
        assert (await service.door.state(done.alert)).goes == "nurse"
