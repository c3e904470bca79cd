"""The outbox on real servers: every call goes out, under one key, by one worker at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from alerts.events import Acknowledge, Delivered, Found
from alerts.model import DeliveryState
from alerts.postgres import AlertStore
from alerts.push import Claimed, Dispatch, Outbox
from alerts.reasons import Reason
from alerts.service import channels_of
from contracts import Hazard, HomeId, Severity
from homes.model import ResponderKind
from homes.postgres import HomeStore
from runtime.lifecycle import Life
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Kafka, Postgres, Secret
from tests.alerts.building import NOON, POLICY, a_finding, a_home, a_policy, a_responder
from tests.alerts.receiver import receiving
from tests.alerts.running import SECRET, environ_of, running, with_home
from tests.until import until

pytestmark = pytest.mark.door
SETTINGS = Alerts(link_secret=Secret(SECRET), webhook_secret=Secret(SECRET))


@dataclass
class House:
    pool: Pool
    store: AlertStore
    outbox: Outbox
    dispatch: Dispatch

    async def states(self) -> list[str]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute("select state from notification order by called_at, contact")
            return [f"{state}" for (state,) in await cursor.fetchall()]

    async def leases_end(self) -> None:
        async with self.pool.connection() as connection:
            await connection.execute("update notification set due_at = now() where state = 'queued'")

    async def empty(self) -> None:
        """Send until nothing waits, without waiting between tries."""
        while claimed := await self.outbox.claim(50):
            await asyncio.gather(*(self.dispatch.push(one) for one in claimed))
            await self.leases_end()


@asynccontextmanager
async def a_house(settings: Postgres) -> AsyncIterator[House]:
    async with pooled(settings) as pool, httpx.AsyncClient(trust_env=False) as client:
        store, outbox = AlertStore(pool), Outbox(pool)
        dispatch = Dispatch(
            outbox=outbox,
            store=store,
            homes=HomeStore(pool),
            channels=channels_of(SETTINGS, client),
            settings=SETTINGS,
        )
        yield House(pool, store, outbox, dispatch)


async def test_two_workers_claim_every_call_once(any_postgres: Postgres) -> None:
    homes = [a_home(HomeId(f"h-{number:04}")) for number in range(60)]
    await with_home(any_postgres, *homes)
    async with a_house(any_postgres) as one, a_house(any_postgres) as other:
        for home in homes:
            await one.store.apply(Found(finding=a_finding(home=home.home_id)))
        claimed: list[Claimed] = []

        async def work(outbox: Outbox) -> None:
            while some := await outbox.claim(7):
                claimed.extend(some)

        await asyncio.gather(work(one.outbox), work(other.outbox), work(one.outbox))
        keys = [each.notification.notification_id for each in claimed]
        assert len(keys) == len(set(keys)) == 60


async def test_the_worst_is_sent_first(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with a_house(postgres) as house:
        await house.store.apply(Found(finding=a_finding("inactivity", Hazard.STILLNESS, Severity.URGENT)))
        await house.store.apply(Found(finding=a_finding()))
        first, second = [(await house.outbox.claim(1))[0].notification.severity for _ in range(2)]
        assert (first, second) == (Severity.EMERGENCY, Severity.URGENT)


async def test_a_worker_that_came_back_too_late_cannot_say_how_it_went(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_house(any_postgres) as house:
        await house.store.apply(Found(finding=a_finding()))
        (slow,) = await house.outbox.claim(1)
        await house.leases_end()
        (quick,) = await house.outbox.claim(1)
        assert quick.notification == slow.notification and quick.attempt == 2
        call = slow.notification
        late = Delivered(alert_id=call.alert_id, notification=call, attempt=slow.attempt)
        assert (await house.store.apply(late)).reason is Reason.SETTLED_BEFORE
        good = Delivered(alert_id=call.alert_id, notification=call, attempt=quick.attempt)
        assert (await house.store.apply(good)).reason is Reason.DELIVERED
        assert (await house.store.apply(good)).reason is Reason.SETTLED_BEFORE


async def test_calls_that_wait_are_withdrawn_when_somebody_has_the_case(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_house(any_postgres) as house:
        done = await house.store.apply(Found(finding=a_finding()))
        assert done.alert
        await house.store.apply(Acknowledge(alert_id=done.alert.alert_id, operator="kim", version=done.alert.version))
        assert await house.states() == [DeliveryState.WITHDRAWN]
        assert not await house.outbox.claim(10)


async def test_the_way_goes_from_try_to_try_to_the_next_contact_to_the_next_person(postgres: Postgres) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda got: 204 if got.path == "/carer" else 503
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/one", f"{receiver.url}/two")
        carer = a_responder("carer", ResponderKind.CARE_MANAGER, f"{receiver.url}/carer")
        await with_home(postgres, a_home(responders=(family, carer), policy=POLICY))
        async with a_house(postgres) as house:
            await house.store.apply(Found(finding=a_finding()))
            await house.empty()
            assert receiver.paths() == ["/one"] * 3 + ["/two"] * 3 + ["/carer"]
            assert len(set(receiver.keys())) == 3
            assert await house.states() == ["failed", "failed", "delivered"]


async def test_a_refusal_is_not_asked_again(postgres: Postgres) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: 410
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/one")
        policy = a_policy((0, ResponderKind.FAMILY), (600, ResponderKind.GUARD))
        await with_home(postgres, a_home(responders=(family,), policy=policy))
        async with a_house(postgres) as house:
            await house.store.apply(Found(finding=a_finding(since=NOON)))
            (claimed,) = await house.outbox.claim(10)
            await house.dispatch.push(claimed)
            assert receiver.paths() == ["/one"]
            (alert,) = await house.store.open_alerts()
            # Nobody else is on the list: that is an alarm, and the list begins again.
            assert alert.rounds == 1


async def test_a_responder_who_was_taken_off_the_list_is_not_called(postgres: Postgres) -> None:
    async with receiving() as receiver:
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/one")
        carer = a_responder("carer", ResponderKind.CARE_MANAGER, f"{receiver.url}/carer")
        await with_home(postgres, a_home(responders=(family, carer)))
        async with a_house(postgres) as house:
            await house.store.apply(Found(finding=a_finding()))
            await with_home(postgres, a_home(responders=(carer,)))
            await house.empty()
            assert receiver.paths() == ["/carer"]


async def test_a_dispatcher_that_is_killed_while_it_sends_sends_again_under_the_same_key(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver, a_house(postgres) as house:
        receiver.answer = lambda _: None
        family = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
        await with_home(postgres, a_home(responders=(family,)))
        environ = environ_of(postgres, kafka)
        async with running(tmp_path, environ, "first") as service:
            await house.store.apply(Found(finding=a_finding()))
            await until(lambda: receiver.got, what="the call is on its way")
            service.kill()
        receiver.answer = lambda _: 204
        await house.leases_end()
        async with running(tmp_path, environ, "second"):
            await until(lambda: receiver.has(2), what="the call goes out again")
            await until(lambda: _all_delivered(house), what="it is written down")
        assert len(set(receiver.keys())) == 1
        assert len(await house.store.open_alerts()) == 1


async def _all_delivered(house: House) -> bool:
    return await house.states() == [DeliveryState.DELIVERED]


async def test_a_receiver_that_is_dead_does_not_hold_up_the_others(postgres: Postgres) -> None:
    async with receiving() as dead, receiving() as receiver, a_house(postgres) as house:
        dead.answer = lambda _: None
        nobody = a_responder("nobody", ResponderKind.FAMILY, f"{dead.url}/nobody")
        daughter = a_responder("daughter", ResponderKind.FAMILY, f"{receiver.url}/daughter")
        homes = [a_home(HomeId(f"h-{number:04}"), responders=(nobody,)) for number in range(120)]
        await with_home(postgres, *homes, a_home(HomeId("h-9999"), responders=(daughter,)))
        for home in homes:
            await house.store.apply(Found(finding=a_finding(home=home.home_id)))
        await house.store.apply(Found(finding=a_finding("smoke", Hazard.FIRE, Severity.URGENT, home=HomeId("h-9999"))))
        life = Life()
        running_dispatch = asyncio.ensure_future(house.dispatch.run(life, asyncio.Event()))
        await until(lambda: receiver.has(1), within=4.5, what="the one behind a hundred that are not answered")
        running_dispatch.cancel()
        await asyncio.gather(running_dispatch, return_exceptions=True)


async def test_two_workers_who_bundle_the_same_calls_do_not_wait_for_each_other(postgres: Postgres) -> None:
    """Each takes the rows in one order: whoever waits for the first holds none of the others."""
    homes = [a_home(HomeId(f"h-{number}"), responders=(DAUGHTER,)) for number in range(12)]
    async with a_house(postgres) as house:
        await with_home(postgres, *homes)
        for home in homes:
            await house.store.apply(Found(finding=a_finding(home=home.home_id)))
        claimed = sorted(await house.outbox.claim(50), key=lambda one: one.notification.notification_id)
        leader, first, *others = claimed
        async with house.pool.connection() as connection, connection.transaction():
            await connection.execute(_HOLD, [[first.notification.notification_id]])
            bundling = asyncio.create_task(house.outbox.bundled([leader, *reversed(others), first]))
            await until(lambda: _waits(house), within=30, what="it waits for the row that is held")
            rest = [one.notification.notification_id for one in others]
            assert (await connection.execute(_HOLD, [rest])).rowcount == len(rest)
        await bundling


_HOLD = "select 1 from notification where notification_id = any(%s) for update nowait"
DAUGHTER = a_responder("daughter", ResponderKind.FAMILY, "http://127.0.0.1:9/daughter")


async def _waits(house: House) -> bool:
    async with house.pool.connection() as connection:
        row = await (
            await connection.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        ).fetchone()
    return bool(row and row[0])
