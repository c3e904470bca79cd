"""What becomes of a call: when it goes, before whom, with whom, and when it counts as not delivered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest

from alerts.contacts.postgres import Contacts
from alerts.contacts.state import digest
from alerts.events import Answered, Found, Receipt, Receipted
from alerts.model import Notification, Purpose
from alerts.outbox import postgres as outbox_rows
from alerts.postgres import AlertStore
from alerts.push import Dispatch, Outbox, grouped
from alerts.reasons import Reason
from alerts.service import channels_of
from contracts import AlertChangeKind, AlertId, Hazard, HomeId, ResponderId, Severity
from homes.model import Channel, Contact, Home, Responder, ResponderKind
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Postgres
from tests.alerts.building import a_finding, a_home, a_policy, a_responder
from tests.alerts.provider import Provider, provider, settings_of
from tests.alerts.running import with_home

pytestmark = pytest.mark.door

DAUGHTER, CARER = "01000000001", "01000000002"
POLICY = a_policy((0, ResponderKind.FAMILY), (60, ResponderKind.CARE_MANAGER))


def people(*, after: int | None = None) -> tuple[Responder, ...]:
    family = a_responder("daughter", ResponderKind.FAMILY, DAUGHTER, channel=Channel.SMS)
    if after is not None:
        later = Contact(channel=Channel.SMS, address=CARER, after_seconds=after)
        return (replace(family, contacts=(*family.contacts, later)),)
    return (family, a_responder("carer", ResponderKind.CARE_MANAGER, CARER, channel=Channel.SMS))


def homes_of(count: int, responders: tuple[Responder, ...]) -> list[Home]:
    return [a_home(HomeId(f"h-{one:04}"), responders=responders, policy=POLICY) for one in range(count)]


@dataclass
class House:
    pool: Pool
    store: AlertStore
    outbox: Outbox
    dispatch: Dispatch
    contacts: Contacts

    async def do(self, statement: str) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(statement.encode())

    async def rows(self, columns: str) -> list[tuple[object, ...]]:
        async with self.pool.connection() as connection:
            statement = f"select {columns} from notification order by called_at, contact, notification_id"
            return list(await (await connection.execute(statement.encode())).fetchall())

    async def all_due(self) -> None:
        await self.do("update notification set due_at = now() where state = 'queued'")

    async def turn(self) -> None:
        await asyncio.gather(*(self.dispatch.push(*group) for group in grouped(await self.outbox.claim(50))))


@asynccontextmanager
async def a_house(postgres: Postgres, settings: Alerts) -> AsyncIterator[House]:
    async with pooled(postgres) as pool, httpx.AsyncClient(trust_env=False) as client:
        store, outbox, contacts = AlertStore(pool), Outbox(pool), Contacts(pool)
        dispatch = Dispatch(
            outbox=outbox,
            store=store,
            homes=HomeStore(pool),
            channels=channels_of(settings, client, pool=pool),
            settings=settings,
            contacts=contacts,
        )
        yield House(pool, store, outbox, dispatch, contacts)


@asynccontextmanager
async def a_house_with(
    postgres: Postgres, *numbers: str, homes: list[Home] | None = None, template: str = "generic-json"
) -> AsyncIterator[tuple[House, Provider]]:
    await with_home(postgres, *(homes or homes_of(1, people())))
    async with provider(*numbers) as gateway, a_house(postgres, settings_of(gateway, sms_gateway=template)) as house:
        yield house, gateway


async def cried(house: House, home: str = "h-0000", **fields: object) -> AlertId:
    finding = a_finding(home=HomeId(home), since=clock.now(), **fields)  # type: ignore[arg-type]  # fields by name
    done = await house.store.apply(Found(finding=finding))
    assert done.alert
    return done.alert.alert_id


async def a_caution(house: House, number: int) -> None:
    """A small matter, after the quarter of an hour in which nobody is called for it."""
    await cried(house, f"h-{number:04}", kind="door", hazard=Hazard.DOOR, severity=Severity.CAUTION)
    await house.do("update alert set due_at = now() where severity = 'caution' and step = 0")
    await house.store.due()


async def test_a_call_waits_for_its_time_and_goes_nowhere_when_somebody_has_the_case(postgres: Postgres) -> None:
    neighbour = a_responder("neighbour", ResponderKind.FAMILY)
    homes = homes_of(1, (*people(after=120), neighbour))
    async with a_house_with(postgres, DAUGHTER, homes=homes) as (house, gateway):
        alert_id = await cried(house)
        await house.turn()
        waits = "state, send_at > now() + interval '110 seconds'"
        assert ("queued", True) in await house.rows(waits) and not await house.outbox.claim(10)
        await house.store.apply(Answered(alert_id=alert_id, responder_id=neighbour.responder_id, accepted=True))
        await house.turn()
        assert ("withdrawn",) in await house.rows("state")
        # The one who was called hears that nobody need go any more.
        assert len(gateway.texts(DAUGHTER)) == 2 and "다른 분이 맡았습니다" in gateway.texts(DAUGHTER)[1]


async def test_whoever_is_being_called_while_another_accepts_is_told_too(postgres: Postgres) -> None:
    neighbour = a_responder("neighbour", ResponderKind.FAMILY)
    async with a_house_with(postgres, DAUGHTER, homes=homes_of(1, (*people(), neighbour))) as (house, gateway):
        alert_id = await cried(house)
        (on_its_way,) = await house.outbox.claim(10)
        await house.store.apply(Answered(alert_id=alert_id, responder_id=neighbour.responder_id, accepted=True))
        await house.dispatch.push(on_its_way)
        await house.turn()
        assert len(gateway.texts(DAUGHTER)) == 2 and "다른 분이 맡았습니다" in gateway.texts(DAUGHTER)[1]


async def test_a_silence_after_sending_is_a_failure_and_the_next_is_called(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, CARER) as (house, gateway):
        await cried(house)
        await house.turn()
        assert await house.dispatch.overdue() == 0
        await house.do("update notification set receipt_due_at = now()")
        assert await house.dispatch.overdue() == 1
        await house.turn()
        assert len(gateway.texts(DAUGHTER)) == len(gateway.texts(CARER)) == 1
        assert (await house.rows("state, failure"))[0] == ("failed", "no_receipt")
        state = (await house.contacts.all())[("daughter", "sms", digest(people()[0].contacts[0]))]
        assert state.failing_since


async def test_a_receipt_in_time_is_written_once_and_ends_the_wait(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER) as (house, _):
        alert_id = await cried(house)
        await house.turn()
        ((key,),) = await house.rows("notification_id")
        told = Receipted(alert_id=alert_id, notification_id=f"{key}", receipt=Receipt.DELIVERED, at=clock.now())
        assert (await house.store.apply(told)).reason is Reason.RECEIPT_NOTED
        assert (await house.store.apply(told)).reason is Reason.SETTLED_BEFORE
        read = replace(told, receipt=Receipt.READ)
        assert (await house.store.apply(read)).reason is Reason.RECEIPT_NOTED
        late = replace(told, receipt=Receipt.FAILED)
        assert (await house.store.apply(late)).reason is Reason.SETTLED_BEFORE
        assert await house.rows("state, reached_at is null, read_at is null, receipt_due_at") == [
            ("delivered", False, False, None)
        ]
        lines = [line.change for line in await house.store.timeline(alert_id)]
        assert lines.count(AlertChangeKind.READ) == 1


async def test_what_a_provider_could_not_bring_goes_to_the_next(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, CARER) as (house, gateway):
        alert_id = await cried(house)
        await house.turn()
        ((key,),) = await house.rows("notification_id")
        told = Receipted(alert_id=alert_id, notification_id=f"{key}", receipt=Receipt.FAILED, at=clock.now())
        await house.store.apply(told)
        await house.turn()
        assert len(gateway.texts(CARER)) == 1
        assert (await house.rows("state, undelivered_at is null"))[0] == ("failed", False)


async def test_an_answer_is_a_receipt_too(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER) as (house, _):
        alert_id = await cried(house)
        await house.turn()
        await house.store.apply(Answered(alert_id=alert_id, responder_id=ResponderId("daughter"), accepted=True))
        rows = await house.rows("accepted_at is null, receipt_due_at, purpose")
        assert rows == [(False, None, "help")]
        await house.do("update notification set receipt_due_at = now() where receipt_due_at is not null")
        assert await house.dispatch.overdue() == 0


async def test_the_first_call_of_a_home_goes_before_the_next_of_another(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, homes=homes_of(3, people())) as (house, _):
        await cried(house)
        await house.turn()
        await cried(house, kind="smoke", hazard=Hazard.FIRE)
        await cried(house, kind="gas", hazard=Hazard.GAS)
        await cried(house, "h-0001", kind="inactivity", hazard=Hazard.WATER, severity=Severity.URGENT)
        await cried(house, "h-0002")
        order = [(await house.outbox.claim(1))[0].notification for _ in range(4)]
        # Within an hour of its first, a home waits behind those that were not served yet, even behind a lesser one.
        assert [call.home_id[-1] for call in order] == ["2", "1", "0", "0"]


async def test_a_flood_of_small_matters_never_stands_before_an_emergency(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, homes=homes_of(12, people())) as (house, _):
        await cried(house)
        await house.turn()
        for number in range(1, 12):
            await a_caution(house, number)
        await cried(house, kind="smoke", hazard=Hazard.FIRE)
        (first,) = await house.outbox.claim(1)
        assert first.notification.severity is Severity.EMERGENCY and first.notification.home_id == "h-0000"


async def test_small_matters_of_several_homes_are_one_message(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, homes=homes_of(5, people())) as (house, gateway):
        for number in range(3):
            await a_caution(house, number)
        await house.turn()
        (text,) = gateway.texts(DAUGHTER)
        assert "3가구 확인 필요" in text and text.count("/r/") == 3
        assert len([row for row in await house.rows("state, bundled_in") if row[1]]) == 2
        await a_caution(house, 3)
        await a_caution(house, 4)
        await house.turn()
        assert len(gateway.texts(DAUGHTER)) == 1  # within the window nothing more goes out
        held = await house.rows("attempts, state, due_at > now() + interval '500 seconds'")
        assert held[-2:] == [(0, "queued", True)] * 2
        await house.do("update notification set settled_at = settled_at - interval '11 minutes'")
        await house.all_due()
        await house.turn()
        assert len(gateway.texts(DAUGHTER)) == 2 and "2가구 확인 필요" in gateway.texts(DAUGHTER)[1]


async def test_what_is_serious_goes_by_itself_whatever_else_waits_for_the_same_person(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, homes=homes_of(5, people())) as (house, gateway):
        for number in range(3):
            await a_caution(house, number)
        await cried(house, "h-0003", kind="leak", hazard=Hazard.WATER, severity=Severity.URGENT)
        await cried(house, "h-0004")
        small = [one for one in await house.outbox.claim(50) if one.notification.severity is Severity.CAUTION]
        await house.do("update notification set due_at = now(), attempts = 0 where severity <> 'caution'")
        await house.dispatch.push(small[0])
        await house.turn()
        assert sorted(text.count("/r/") for text in gateway.texts(DAUGHTER)) == [1, 1, 1]


async def test_a_bundle_is_tried_again_under_one_key(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, CARER, homes=homes_of(4, people())) as (house, gateway):
        gateway.answer = lambda got: 503 if got.json["to"] == DAUGHTER else 200
        for number in range(3):
            await a_caution(house, number)
        await house.turn()
        await a_caution(house, 3)
        for _ in range(2):
            await house.all_due()
            await house.turn()
        assert len(gateway.texts(DAUGHTER)) == 3 and len(set(gateway.keys())) == 1


@pytest.mark.parametrize("answers", [(500, 500, 200), (503, 200), (200,)])
async def test_a_gateway_that_is_ill_for_a_while_gets_one_key(postgres: Postgres, answers: tuple[int, ...]) -> None:
    async with a_house_with(postgres, DAUGHTER) as (house, gateway):
        left = list(answers)
        gateway.answer = lambda _: left.pop(0)
        await cried(house)
        for _ in answers:
            await house.turn()
            await house.all_due()
        assert not left and len(set(gateway.keys())) == 1
        assert await house.rows("state") == [("delivered",)]


async def test_a_gateway_that_stays_ill_is_asked_three_times_and_left(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, CARER) as (house, gateway):
        gateway.answer = lambda got: 500 if got.json["to"] == DAUGHTER else 200
        await cried(house)
        for _ in range(6):
            await house.turn()
            await house.all_due()
        assert len(gateway.texts(DAUGHTER)) == 3 and len(gateway.texts(CARER)) == 1
        assert len(set(gateway.keys())) == 2
        assert [row[0] for row in await house.rows("state")] == ["failed", "delivered"]
        key = ("daughter", "sms", digest(people()[0].contacts[0]))
        assert (await house.contacts.all())[key].failing_since


async def test_a_contact_that_works_again_fails_no_more(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER, template="form") as (house, _):
        contact, daughter = people()[0].contacts[0], ResponderId("daughter")
        await house.contacts.failed(daughter, contact)
        first = (await house.contacts.all())[("daughter", "sms", digest(contact))].failing_since
        await house.contacts.failed(daughter, contact)
        assert (await house.contacts.all())[("daughter", "sms", digest(contact))].failing_since == first
        await house.contacts.reached([(daughter, contact)])
        assert (await house.contacts.all())[("daughter", "sms", digest(contact))].failing_since is None


async def test_whoever_was_called_is_told_even_when_the_case_is_closed(postgres: Postgres) -> None:
    async with a_house_with(postgres, DAUGHTER) as (house, _):
        alert_id = await cried(house)
        await house.turn()
        case = await house.store.alert(alert_id)
        assert case
        async with house.pool.connection() as connection:
            (call,) = await outbox_rows.called(connection, alert_id)
            told = _of(call, Purpose.TAKEN)
            await outbox_rows.put(connection, [told, _of(call, Purpose.NOBODY_ANSWERED)])
            await outbox_rows.withdraw(connection, case)
            assert await outbox_rows.call_of(connection, told.notification_id) == told
        states = set(await house.rows("purpose, state"))
        assert states == {("help", "delivered"), ("taken", "queued"), ("nobody_answered", "withdrawn")}


def _of(call: Notification, purpose: Purpose) -> Notification:
    return replace(call, notification_id=f"n-{purpose}", purpose=purpose, called_at=call.called_at + timedelta(0))
