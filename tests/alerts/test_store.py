"""The store on real servers: one event, one transaction, whoever else writes at the same time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import msgspec
import psycopg
import pytest

from alerts.events import Acknowledge, Answered, Due, EscalateNow, Found, Moved, Note, Resolve
from alerts.model import Alert, Purpose, VisitStage
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.postgres import AlertStore
from alerts.reasons import Reason
from contracts import (
    AlertChangeKind,
    AlertId,
    AlertState,
    Finding,
    Hazard,
    HomeId,
    Phase,
    SensorId,
    Severity,
    WatchedSensor,
)
from homes.model import Home, ResponderKind
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool, connect, pooled
from runtime.settings import Postgres
from tests.alerts.building import CARER, DAUGHTER, HOME, MINUTE, NOON, POLICY, a_finding, a_home, a_policy
from tests.alerts.running import with_home

pytestmark = pytest.mark.door


@asynccontextmanager
async def a_store(settings: Postgres) -> AsyncIterator[tuple[AlertStore, Pool]]:
    async with pooled(settings) as pool:
        yield AlertStore(pool), pool


async def found(store: AlertStore, home: HomeId = HOME) -> Alert:
    done = await store.apply(Found(finding=a_finding(home=home)))
    assert done.alert
    return done.alert


async def time_goes_by(pool: Pool, span: timedelta) -> None:
    """Move every timer into the past: the database's clock itself cannot be turned."""
    async with pool.connection() as connection:
        await connection.execute("update alert set due_at = due_at - %(span)s", {"span": span})


async def test_what_is_written_is_what_is_read(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_store(any_postgres) as (store, _):
        alert = await found(store)
        assert await store.alert(alert.alert_id) == alert
        assert await store.open_alerts() == [alert] == await store.of_home(HOME)
        assert alert.policy == POLICY and alert.evidence.sentence.ko == "도움 요청 단추"
        lines = await store.timeline(alert.alert_id)
        assert [line.version for line in lines] == list(range(1, alert.version + 1))
        assert (await store.opened_per_minute())[-1] == 1
        assert await store.alert(AlertId("none")) is None


async def test_a_case_goes_its_way_from_the_cry_to_the_outcome(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_store(any_postgres) as (store, pool):
        alert = await found(store)
        due = Due(alert_id=alert.alert_id)
        assert (await store.apply(due)).reason is Reason.NOT_DUE
        await time_goes_by(pool, MINUTE)
        assert [done.reason for done in await store.due()] == [Reason.CALLED]
        press = EscalateNow(alert_id=alert.alert_id, operator="kim", step_seen=2)
        assert (await store.apply(press)).reason is Reason.CALLED
        assert (await store.apply(press)).reason is Reason.STEP_PASSED
        take = Acknowledge(alert_id=alert.alert_id, operator="kim", version=99)
        assert (await store.apply(take)).reason is Reason.ACKNOWLEDGED
        assert (await store.apply(take)).reason is Reason.LEASE_RENEWED
        note = Note(alert_id=alert.alert_id, operator="kim", text="통화함")
        assert (await store.apply(note)).reason is Reason.NOTED
        close = Resolve(
            alert_id=alert.alert_id,
            operator="kim",
            version=99,
            outcome=OutcomeCode.ACCIDENTAL_PRESS,
            resolved_by=ResolvedBy.RESIDENT,
        )
        assert (await store.apply(close)).reason is Reason.RESOLVED
        closed = await store.alert(alert.alert_id)
        assert closed and closed.state is AlertState.RESOLVED and closed.outcome
        assert not await store.open_alerts()
        again = Found(finding=a_finding(phase=Phase.HOLDS, told_at=NOON + MINUTE))
        assert (await store.apply(again)).reason is Reason.CLOSED_BEFORE


async def test_many_presses_at_the_same_moment_are_one_case(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    presses = [a_finding(since=NOON + timedelta(seconds=number)) for number in range(20)]
    async with a_store(any_postgres) as (one, _), a_store(any_postgres) as (other, _):
        done = await asyncio.gather(*(store.apply(Found(finding=press)) for press in presses for store in (one, other)))
        assert Counter(each.reason for each in done) == {Reason.OPENED: 1, Reason.REPEATED: 19, Reason.TOLD_BEFORE: 20}
        (alert,) = await one.open_alerts()
        assert alert.repeats == 19
        assert len(await one.timeline(alert.alert_id)) == alert.version


async def test_the_database_itself_refuses_a_second_open_case(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_store(any_postgres) as (store, pool):
        alert = await found(store)
        async with pool.connection() as connection:
            with pytest.raises(psycopg.errors.UniqueViolation):
                await connection.execute(
                    'insert into alert select (jsonb_populate_record(a, \'{"alert_id": "another"}\')).* from alert a'
                )
            with pytest.raises(psycopg.errors.CheckViolation):
                await connection.execute("update alert set due_at = null")
        assert await store.open_alerts() == [alert]


@pytest.mark.parametrize("deed", ["update alert_log set text = ''", "delete from alert_log", "truncate alert_log"])
async def test_a_line_of_the_log_is_never_changed(postgres: Postgres, deed: str) -> None:
    await with_home(postgres, a_home())
    async with a_store(postgres) as (store, pool):
        alert = await found(store)
        async with pool.connection() as connection:
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                await connection.execute(deed.encode())
        assert len(await store.timeline(alert.alert_id)) == alert.version


async def test_two_workers_let_every_timer_run_out_once(any_postgres: Postgres) -> None:
    homes = [a_home(HomeId(f"h-{number:04}")) for number in range(40)]
    await with_home(any_postgres, *homes)
    async with a_store(any_postgres) as (one, pool), a_store(any_postgres) as (other, _):
        for home in homes:
            await found(one, home.home_id)
        await time_goes_by(pool, MINUTE)
        ran_out: list[AlertId] = []

        async def work(store: AlertStore) -> None:
            while any(alert.due_at and alert.due_at <= clock.now() for alert in await store.open_alerts()):
                ran_out.extend(done.alert.alert_id for done in await store.due(limit=5) if done.alert)

        await asyncio.gather(work(one), work(other), work(one))
        assert len(ran_out) == len(set(ran_out)) == 40
        assert {alert.step for alert in await one.open_alerts()} == {2}


async def test_an_edited_policy_does_not_disturb_a_running_escalation(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_store(any_postgres) as (store, pool):
        alert = await found(store)
        other = a_policy((900, ResponderKind.GUARD))
        await with_home(any_postgres, a_home(policy=other))
        home = await HomeStore(pool).load(HOME)
        assert home and home.policy == other
        await time_goes_by(pool, MINUTE)
        await store.due()
        running = await store.alert(alert.alert_id)
        assert running and running.policy == POLICY and running.step == 2


async def test_a_home_that_nobody_registered_has_a_case_all_the_same(postgres: Postgres) -> None:
    async with a_store(postgres) as (store, _):
        alert = await found(store, HomeId("h-nobody"))
        changes = [line.change for line in await store.timeline(alert.alert_id)]
        assert AlertChangeKind.LIST_EXHAUSTED in changes


async def test_listeners_are_woken_after_the_commit(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with a_store(postgres) as (store, _), await connect(postgres) as listener:
        await listener.execute("listen outbox_due")
        await listener.execute("listen alert_changed")
        await found(store)
        heard = [notice.channel async for notice in listener.notifies(timeout=5, stop_after=2)]
        assert sorted(heard) == ["alert_changed", "outbox_due"]


async def test_the_worst_case_stands_first_and_no_window_of_time_hides_an_old_one(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with a_store(postgres) as (store, pool):
        await store.apply(Found(finding=a_finding("battery_low", Hazard.SENSOR, Severity.DEVICE)))
        async with pool.connection() as connection:
            await connection.execute("update alert set opened_at = opened_at - interval '1 year'")
        await store.apply(Found(finding=a_finding("leak", Hazard.WATER, Severity.CAUTION)))
        await found(store)
        assert [alert.severity for alert in await store.open_alerts()] == [
            Severity.EMERGENCY,
            Severity.CAUTION,
            Severity.DEVICE,
        ]


def a_home_that_hears() -> Home:
    speaker = WatchedSensor(sensor_id=SensorId("speaker"), kind="voice", room="living")
    return replace(a_home(), sensors=(speaker,))


def a_word(said: str) -> Finding:
    return a_finding("check_answered", Hazard.CHECK, Severity.NOTICE, since=clock.now(), values={"answer": said})


async def test_what_the_home_says_is_brought_once_to_the_alerts_that_were_asked_about(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home_that_hears())
    async with a_store(any_postgres) as (store, _):
        fall = await store.apply(Found(finding=a_finding("fall", Hazard.FALL)))
        assert fall.alert and fall.alert.state is AlertState.CHECKING
        help_me = a_word("help")
        done = await store.apply(Found(finding=help_me))
        assert done.reason is Reason.SAID_HELP and done.alert and done.alert.rings
        again = msgspec.structs.replace(help_me, phase=Phase.HOLDS, told_at=help_me.told_at + MINUTE)
        assert (await store.apply(Found(finding=again))).reason is Reason.TOLD_BEFORE
        assert len(await store.timeline(fall.alert.alert_id)) == done.alert.version


async def test_a_resident_who_says_that_all_is_well_ends_what_was_asked_about(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home_that_hears())
    async with a_store(any_postgres) as (store, _):
        assert (await store.apply(Found(finding=a_word("fine")))).reason is Reason.NOTHING_ASKED
        await store.apply(Found(finding=a_finding("still", Hazard.STILLNESS, Severity.URGENT)))
        done = await store.apply(Found(finding=a_word("fine")))
        assert done.reason is Reason.SAID_WELL and not await store.open_alerts()


async def test_those_who_go_and_their_timers_are_read_as_they_were_written(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_store(any_postgres) as (store, pool):
        alert = await found(store)
        who = DAUGHTER.responder_id
        await store.apply(Answered(alert_id=alert.alert_id, responder_id=who, accepted=True))
        moved = Moved(alert_id=alert.alert_id, responder_id=who, stage=VisitStage.ARRIVED)
        done = await store.apply(moved)
        assert await store.alert(alert.alert_id) == done.alert
        assert done.alert and done.alert.visits[0].arrived_at and done.alert.timers
        await time_goes_by(pool, timedelta(hours=2))
        (ran_out,) = await store.due()
        assert ran_out.alert and ran_out.alert.rings


async def test_those_who_got_a_call_are_told_that_another_goes(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with a_store(any_postgres) as (store, pool):
        alert = await found(store)
        async with pool.connection() as connection:
            await connection.execute("update notification set state = 'delivered', settled_at = now()")
        answer = Answered(alert_id=alert.alert_id, responder_id=CARER.responder_id, accepted=True)
        done = await store.apply(answer)
        assert [(call.responder_id, call.purpose) for call in done.notifications] == [("daughter", Purpose.TAKEN)]
