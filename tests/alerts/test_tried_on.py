"""A call is given up only because its provider did not take it: whoever else is called meanwhile, it is tried on."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from alerts import delivery
from alerts.audit.faults import Fault, Limits, troubles_of
from alerts.audit.postgres import AuditStore
from alerts.delivery import MOST_CROWDED, MOST_DEATHS, WAITS, pause_after
from alerts.events import Acknowledge, Found
from alerts.model import DeliveryState
from alerts.push import Claimed, grouped
from contracts import AlertChangeKind, HomeId, Severity
from homes.model import ResponderKind
from runtime.settings import Postgres
from tests.alerts.building import a_finding, a_home, a_responder, opened
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.running import with_home
from tests.alerts.test_outbox import House, a_house
from tests.until import until


async def two_listed(postgres: Postgres, receiver: Receiver, *, homes: int = 1) -> None:
    family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/one")
    carer = a_responder("carer", ResponderKind.CARE_MANAGER, f"{receiver.url}/carer")
    await with_home(postgres, *(a_home(HomeId(f"h-{one:04}"), responders=(family, carer)) for one in range(homes)))


async def cried(house: House, home: str = "h-0000") -> None:
    await house.store.apply(Found(finding=a_finding(home=HomeId(home))))


async def workers_die(house: House, times: int, *, limit: int = 1) -> None:
    for _ in range(times):
        await house.outbox.claim(limit)
        await house.leases_end()


async def send_what_is_due(house: House) -> None:
    await asyncio.gather(*(house.dispatch.push(one) for one in await house.outbox.claim(50)))


async def passed_on(house: House) -> bool:
    facts = await AuditStore(house.pool).facts()
    return any(one.fault is Fault.CALL_PASSED_ON for one in troubles_of(facts, Limits()))


@pytest.mark.door
async def test_a_call_with_which_worker_after_worker_died_is_sent_all_the_same(postgres: Postgres) -> None:
    async with receiving() as receiver:
        await two_listed(postgres, receiver)
        async with a_house(postgres) as house:
            await cried(house)
            await workers_die(house, MOST_DEATHS + 4)
            await house.empty()
            assert sorted(receiver.paths()) == ["/carer", "/one"]
            assert await house.states() == [DeliveryState.DELIVERED] * 2


@pytest.mark.door
async def test_workers_that_died_do_not_count_as_tries_that_its_provider_refused(postgres: Postgres) -> None:
    async with receiving() as receiver:
        await two_listed(postgres, receiver)
        receiver.answer = lambda _: 503 if len(receiver.got) <= len(WAITS) else 204
        async with a_house(postgres) as house:
            await cried(house)
            await workers_die(house, MOST_DEATHS - 1)
            await house.empty()
            assert receiver.paths() == ["/one"] * (len(WAITS) + 1)
            assert await house.states() == [DeliveryState.DELIVERED]


@pytest.mark.door
async def test_while_a_suspected_call_is_in_hand_the_next_is_called_and_the_engineers_hear_of_it(
    postgres: Postgres,
) -> None:
    async with receiving() as receiver:
        await two_listed(postgres, receiver)
        async with a_house(postgres) as house:
            await cried(house)
            await workers_die(house, MOST_DEATHS)
            (suspect,) = await house.outbox.claim(1)
            assert suspect.suspected and not await passed_on(house)
            receiver.answer = lambda _: None  # the worker dies while it waits for this answer
            dying = asyncio.create_task(house.dispatch.push(suspect))
            await until(lambda: receiver.has(1), within=30, what="the call is on its way")
            dying.cancel()
            await asyncio.gather(dying, return_exceptions=True)
            assert await passed_on(house)
            receiver.answer = lambda _: 204
            await send_what_is_due(house)
            assert receiver.paths() == ["/one", "/carer"], "the next was not called at once"
            await house.leases_end()
            await send_what_is_due(house)
            assert receiver.paths() == ["/one", "/carer", "/one"]
            assert await house.states() == [DeliveryState.DELIVERED] * 2 and not await passed_on(house)


@pytest.mark.door
async def test_a_suspected_call_that_is_refused_in_the_end_calls_nobody_twice(postgres: Postgres) -> None:
    async with receiving() as receiver:
        await two_listed(postgres, receiver)
        receiver.answer = lambda got: 410 if got.path == "/one" else 204
        async with a_house(postgres) as house:
            await cried(house)
            await workers_die(house, MOST_DEATHS)
            await house.empty()
            assert receiver.paths() == ["/one", "/carer"]
            (alert,) = await house.store.open_alerts()
            log = [line.change for line in await house.store.timeline(alert.alert_id)]
            assert log.count(AlertChangeKind.DELIVERY_FAILED) == 2 and alert.rounds == 0


@pytest.mark.door
async def test_a_suspected_call_is_taken_back_like_any_other_when_somebody_has_the_case(postgres: Postgres) -> None:
    async with receiving() as receiver:
        await two_listed(postgres, receiver)
        async with a_house(postgres) as house:
            await cried(house)
            await workers_die(house, MOST_DEATHS)
            (alert,) = await house.store.open_alerts()
            await house.store.apply(Acknowledge(alert_id=alert.alert_id, operator="kim", version=alert.version))
            await house.empty()
            assert not receiver.got


@pytest.mark.door
async def test_of_several_suspects_one_is_tried_at_a_time(postgres: Postgres) -> None:
    async with receiving() as receiver:
        await two_listed(postgres, receiver, homes=3)
        async with a_house(postgres) as house:
            for home in range(3):
                await cried(house, f"h-{home:04}")
            await workers_die(house, MOST_DEATHS, limit=10)
            claimed = await house.outbox.claim(10)
            kept = await house.dispatch.trying_on.one_at_a_time(claimed)
            assert len(claimed) == 3 and len(kept) == 1
            await house.leases_end()
            again = await house.outbox.claim(10)
            assert sorted(one.deaths for one in again) == [MOST_DEATHS, MOST_DEATHS, MOST_DEATHS + 1]


@pytest.mark.door
async def test_a_call_for_which_there_was_no_room_is_never_given_up(postgres: Postgres) -> None:
    async with receiving() as receiver:
        await two_listed(postgres, receiver)
        async with a_house(postgres) as house:
            await cried(house)
            for turn in range(MOST_CROWDED + 3):
                (crowded, *_) = await house.outbox.claim(1)
                assert crowded.crowded == turn and not crowded.suspected
                await house.dispatch.trying_on.no_room(crowded)
                await house.leases_end()
                assert await passed_on(house) is (turn + 1 >= MOST_CROWDED)
                if turn + 1 == MOST_CROWDED:
                    assert len(await house.states()) == 2, "whoever is next was not called meanwhile"
                    carer = next(one for one in await house.outbox.claim(5) if one.notification.step == 2)
                    await house.dispatch.push(carer)
                    await house.leases_end()
                    (mine,) = await house.outbox.claim(5)
                    await house.dispatch.trying_on.no_room(mine)
                    break
            await house.leases_end()
            await house.empty()
            assert receiver.paths() == ["/carer", "/one"]
            assert await house.states() == [DeliveryState.DELIVERED] * 2


def test_the_pauses_of_a_suspect_grow_and_have_an_end() -> None:
    pauses = [pause_after(deaths) for deaths in range(MOST_DEATHS, MOST_DEATHS + 20)]
    assert all(one <= other for one, other in pairwise(pauses)) and len(set(pauses)) > 3
    assert pauses[0].total_seconds() > max(delivery.LEASES.values()) / 2 and pauses[-1].total_seconds() == 600


def test_a_suspect_goes_in_nobodys_message() -> None:
    (call,) = opened().notifications
    small = replace(call, severity=Severity.CAUTION)
    many = [
        Claimed(notification=replace(small, notification_id=f"n-{one}"), attempt=attempt, at=call.called_at)
        for one, attempt in enumerate((1, 1, MOST_DEATHS + 1))
    ]
    assert sorted(len(group) for group in grouped(many)) == [1, 2]
