"""Push now, ring up after two minutes: what waits for its time in the outbox, and what ends the wait."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from alerts.events import Answered, DeliveryFailed, Found
from alerts.model import Alert
from alerts.postgres import AlertStore
from alerts.push import Outbox
from contracts import ResponderId
from homes import Street
from homes.model import Channel, Contact, Policy, PolicyStep, Responder, ResponderKind
from homes.postgres import HomeStore
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.alerts.building import CARER, a_finding, a_home

pytestmark = pytest.mark.door

SON = Responder(
    responder_id=ResponderId("son"),
    name="홍길순",
    kind=ResponderKind.FAMILY,
    contacts=(
        Contact(channel=Channel.WEB_PUSH, address="subscribed"),
        Contact(channel=Channel.VOICE, address="010-0000-0001", after_seconds=120),
    ),
)
POLICY = Policy(
    policy_id="p",
    name="p",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),
        PolicyStep(after_seconds=600, kinds=(ResponderKind.CARE_MANAGER,)),
    ),
)


@dataclass
class House:
    pool: Pool
    store: AlertStore
    outbox: Outbox

    async def cry(self) -> Alert:
        done = await self.store.apply(Found(finding=a_finding()))
        assert done.alert
        return done.alert

    async def calls(self) -> list[tuple[str, str, str, bool]]:
        """Tell of each call to whom, by what, how it stands, and whether it waits for its time."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "select responder_id, channel, state, due_at > now() + interval '1 minute'"
                " from notification order by step, contact"
            )
            return [
                (f"{who}", f"{channel}", f"{state}", bool(waits))
                for who, channel, state, waits in await cursor.fetchall()
            ]

    async def due_of_the_voice_call(self) -> datetime:
        async with self.pool.connection() as connection:
            cursor = await connection.execute("select send_at from notification where channel = 'voice'")
            ((at,),) = await cursor.fetchall()
        assert isinstance(at, datetime)
        return at


@pytest.fixture
async def house(postgres: Postgres) -> AsyncIterator[House]:
    async with pooled(postgres) as pool:
        home = a_home(responders=(SON, CARER), policy=POLICY)
        await HomeStore(pool).save(Street(homes=(home,)))
        yield House(pool=pool, store=AlertStore(pool), outbox=Outbox(pool))


async def test_the_voice_call_waits_two_minutes_and_the_push_does_not(house: House) -> None:
    alert = await house.cry()
    assert await house.calls() == [("son", "web_push", "queued", False), ("son", "voice", "queued", True)]
    assert (await house.due_of_the_voice_call() - alert.opened_at).total_seconds() == 120
    (claimed,) = await house.outbox.claim(10)
    assert claimed.notification.channel is Channel.WEB_PUSH


async def test_a_push_that_fails_has_the_voice_call_made_at_once(house: House) -> None:
    await house.cry()
    (push,) = await house.outbox.claim(10)
    failed = DeliveryFailed(
        alert_id=push.notification.alert_id, notification=push.notification, attempt=push.attempt, why="gone"
    )
    await house.store.apply(failed)
    assert await house.calls() == [("son", "web_push", "failed", False), ("son", "voice", "queued", False)]
    (voice,) = await house.outbox.claim(10)
    assert voice.notification.channel is Channel.VOICE and voice.attempt == 1


async def test_whoever_says_no_is_not_rung_up_two_minutes_later(house: House) -> None:
    alert = await house.cry()
    await house.store.apply(Answered(alert_id=alert.alert_id, responder_id=SON.responder_id, accepted=False))
    assert await house.calls() == [
        ("son", "web_push", "withdrawn", False),
        ("son", "voice", "withdrawn", True),
        ("carer", "webhook", "queued", False),
    ]


async def test_whoever_goes_is_not_rung_up_two_minutes_later(house: House) -> None:
    alert = await house.cry()
    await house.store.apply(Answered(alert_id=alert.alert_id, responder_id=SON.responder_id, accepted=True))
    assert [state for _, _, state, _ in await house.calls()] == ["withdrawn", "withdrawn"]
