"""The auditor on a real database with moved time: each fault comes with its cause, goes with its mend, and is told."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import LiteralString

import httpx
import pytest
from prometheus_client import REGISTRY
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from alerts.audit.faults import Fault, Limits
from alerts.audit.postgres import FACTS, AuditStore
from alerts.audit.service import LOOPS, Auditor, Pulse
from alerts.clock_steps.postgres import LOOK
from alerts.events import Found
from alerts.postgres import AlertStore
from alerts.service import channels_of
from contracts import HomeId
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Kafka, Postgres, Secret
from tests.alerts.building import DAUGHTER, a_finding, a_home
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.running import SECRET, environ_of, running, with_home
from tests.until import until

pytestmark = pytest.mark.door

TURNING: Mapping[str, timedelta] = dict.fromkeys(LOOPS, timedelta(seconds=1))


@asynccontextmanager
async def auditing(
    pool: Pool, receiver: Receiver, worker: str = "here/1", limits: Limits | None = None
) -> AsyncIterator[Auditor]:
    settings = Alerts(
        engineers=Secret(f"{receiver.url}/engineers"),
        dead_man_url=Secret(f"{receiver.url}/ping"),
        dead_man_seconds=0,
        webhook_secret=Secret(SECRET),
    )
    async with httpx.AsyncClient(trust_env=False) as client:
        channels = channels_of(settings, client)
        yield Auditor(pool=pool, worker=worker, settings=settings, channels=channels, client=client, limits=limits)


async def run(pool: Pool, *statements: LiteralString) -> None:
    async with pool.connection() as connection:
        for statement in statements:
            await connection.execute(statement)


async def a_case(pool: Pool) -> None:
    await AlertStore(pool).apply(Found(finding=a_finding()))
    await run(pool, "delete from alert_change")


def standing(found: object) -> set[Fault]:
    assert isinstance(found, tuple)
    return {one.fault for one in found}


#: What makes each fault that the database shows, and what mends it.
CAUSES: Mapping[Fault, tuple[LiteralString, LiteralString]] = {
    Fault.ALERT_WITHOUT_TIMER: (
        "alter table alert drop constraint alert_unresolved_is_due; update alert set due_at = null",
        "update alert set due_at = now() + interval '1 minute'",
    ),
    Fault.TIMER_LATE: (
        "update alert set due_at = now() - interval '21 seconds'",
        "update alert set due_at = now() + interval '1 minute'",
    ),
    Fault.CALL_UNCLAIMED: (
        "update notification set due_at = now() - interval '21 seconds'",
        "update notification set state = 'delivered'",
    ),
    Fault.CALL_STUCK: (
        "update notification set attempts = 1, due_at = now() - interval '21 seconds'",
        "update notification set attempts = 2, due_at = now() + interval '10 seconds'",
    ),
    Fault.CHANGES_LATE: (
        "insert into alert_change (alert_id, change) select alert_id,"
        " jsonb_build_object('at', now() - interval '61 seconds') from alert",
        "delete from alert_change",
    ),
    Fault.ALARM_MISSED: (
        "insert into synthetic_press (pressed_at) values (now() - interval '31 seconds')",
        "update synthetic_press set called_at = now()",
    ),
    Fault.PROBE_SILENT: (
        "insert into synthetic_press (pressed_at, called_at) values (now() - interval '4 minutes', now())",
        "insert into synthetic_press (pressed_at, called_at) values (now(), now())",
    ),
    Fault.NOBODY_LISTED: (
        "update responder set contacts = '[]' where kind <> 'operator'",
        """update responder set contacts = '[{"channel": "email", "address": "x@example.org"}]'""",
    ),
    Fault.FOLLOW_UP_OVERDUE: (
        "update alert set follow_up = 'due', follow_up_at = now() - interval '25 hours'",
        "update alert set follow_up = 'done'",
    ),
}


@pytest.mark.parametrize("fault", CAUSES)
async def test_a_fault_comes_with_its_cause_pages_once_stops_the_ping_and_goes_with_its_mend(
    any_postgres: Postgres, fault: Fault
) -> None:
    cause, mend = CAUSES[fault]
    await with_home(any_postgres, a_home())
    async with pooled(any_postgres) as pool, receiving() as receiver, auditing(pool, receiver) as auditor:
        await a_case(pool)
        assert not await auditor.turn(TURNING, Pulse())
        assert receiver.paths() == ["/ping"]
        await run(pool, cause)
        auditor.look_at_homes_again()
        for _ in range(3):
            assert standing(await auditor.turn(TURNING, Pulse())) == {fault}
        assert receiver.paths() == ["/ping", "/engineers"]
        assert REGISTRY.get_sample_value("dolbom_alerts_faults", {"fault": fault}) == 1
        await run(pool, mend)
        auditor.look_at_homes_again()
        assert not await auditor.turn(TURNING, Pulse())
        assert receiver.paths() == ["/ping", "/engineers", "/ping", "/engineers"]
        assert "mended" in f"{receiver.got[-1].json['text']}"
        assert REGISTRY.get_sample_value("dolbom_alerts_faults", {"fault": fault}) == 0


async def test_a_loop_that_stands_still_and_late_findings_are_faults_until_they_are_not(postgres: Postgres) -> None:
    async with pooled(postgres) as pool, receiving() as receiver, auditing(pool, receiver) as auditor:
        stuck = {**TURNING, "timers": timedelta(seconds=61)}
        found = await auditor.turn(stuck, Pulse(findings_lag_seconds=31))
        assert standing(found) == {Fault.LOOP_SILENT, Fault.FINDINGS_LATE}
        assert {one.about for one in found} == {"timers", ""} and {one.worker for one in found} == {"here/1"}
        assert not await auditor.turn(TURNING, Pulse())
        assert receiver.paths().count("/ping") == 1


async def test_engineers_are_told_again_only_after_half_an_hour(postgres: Postgres) -> None:
    stuck = {**TURNING, "relay": timedelta(minutes=5)}
    async with pooled(postgres) as pool, receiving() as receiver, auditing(pool, receiver) as auditor:
        await auditor.turn(stuck, Pulse())
        await run(pool, "update service_fault set page_due_at = page_due_at - interval '29 minutes'")
        await auditor.turn(stuck, Pulse())
        assert receiver.paths() == ["/engineers"]
        await run(pool, "update service_fault set page_due_at = page_due_at - interval '61 seconds'")
        await auditor.turn(stuck, Pulse())
        assert receiver.paths() == ["/engineers", "/engineers"] and len(set(receiver.keys())) == 2


async def test_a_page_that_nobody_took_is_sent_again_under_the_same_key(postgres: Postgres) -> None:
    stuck = {**TURNING, "relay": timedelta(minutes=5)}
    async with pooled(postgres) as pool, receiving() as receiver, auditing(pool, receiver) as auditor:
        receiver.answer = lambda _: 503
        await auditor.turn(stuck, Pulse())
        receiver.answer = lambda _: 204
        await run(pool, "update service_fault set page_due_at = page_due_at - interval '61 seconds'")
        await auditor.turn(stuck, Pulse())
        assert len(receiver.got) == 2 and len(set(receiver.keys())) == 1


async def test_of_two_workers_one_pages_and_neither_pings_while_the_other_is_ill(postgres: Postgres) -> None:
    stuck = {**TURNING, "relay": timedelta(minutes=5)}
    async with (
        pooled(postgres) as pool,
        receiving() as receiver,
        auditing(pool, receiver, "here/1") as ill,
        auditing(pool, receiver, "there/1") as well,
    ):
        await ill.turn(stuck, Pulse())
        assert standing(await well.turn(TURNING, Pulse())) == {Fault.LOOP_SILENT}
        assert receiver.paths() == ["/engineers"]
        # The ill one was killed: what it said of itself is forgotten, and what all see is seen by the other.
        await run(pool, "update service_fault set holds_at = holds_at - interval '3 minutes'")
        assert not await well.turn(TURNING, Pulse())
        assert receiver.paths().count("/ping") == 1


async def test_a_switch_that_does_not_answer_is_no_fault_of_ours(postgres: Postgres) -> None:
    async with pooled(postgres) as pool, receiving() as receiver, auditing(pool, receiver) as auditor:
        receiver.answer = lambda _: 500
        assert not await auditor.turn(TURNING, Pulse())
        receiver.answer = lambda _: 200
        assert not await auditor.turn(TURNING, Pulse())
        assert receiver.paths() == ["/ping", "/ping"]


async def test_a_home_with_a_roster_or_out_of_service_or_made_up_needs_no_list(postgres: Postgres) -> None:
    bare = a_home(responders=())
    away = replace(a_home(HomeId("h-0002"), responders=()), watched=False)
    made_up = a_home(HomeId("synthetic-0"), responders=())
    await with_home(postgres, bare, away, made_up, a_home(HomeId("h-0003"), responders=(DAUGHTER,)))
    async with pooled(postgres) as pool:
        assert await AuditStore(pool).nobody_listed() == ["h-0001"]
        await run(pool, "update policy set steps = jsonb_set(steps, '{0,rosters}', '[\"night\"]')")
        assert await AuditStore(pool).nobody_listed() == []


async def test_a_hundred_thousand_alerts_are_looked_after_by_index(postgres: Postgres) -> None:
    """No limit in seconds, which a busy machine would break: no table that grows is read whole."""
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool:
        await a_case(pool)
        async with pool.connection() as connection:
            await connection.execute(_MANY)
            await connection.execute("analyze alert; analyze notification; analyze synthetic_press")
            plans = [await (await connection.execute(f"explain {asked}")).fetchall() for asked in (FACTS, LOOK)]
        lines = "\n".join(f"{line}" for plan in plans for (line,) in plan)
        assert "Seq Scan on alert" not in lines and "Seq Scan on notification" not in lines, lines
        assert not (await AuditStore(pool).facts()).without_timer


_MANY = """
    insert into alert select many.* from alert a, generate_series(1, 100000) n,
        jsonb_populate_record(a, jsonb_build_object(
        'alert_id', 'a' || n, 'home_id', 'h' || n, 'state', case when n % 50 = 0 then 'new' else 'resolved' end,
        'due_at', case when n % 50 = 0 then now() + interval '1 minute' end
    )) many;
    insert into notification select many.* from (select o from notification o limit 1) one,
        generate_series(1, 100000) n, jsonb_populate_record(one.o, jsonb_build_object(
            'notification_id', 'n' || n, 'alert_id', 'a' || n, 'state', 'delivered'
        )) many;
"""


async def test_a_database_that_is_away_wakes_engineers_without_it_and_stops_the_ping(postgres: Postgres) -> None:
    away: Pool = AsyncConnectionPool(
        "postgresql://nobody@127.0.0.1:1/none", min_size=1, max_size=1, timeout=0.2, open=False
    )
    await away.open()
    async with receiving() as receiver, auditing(away, receiver, limits=Limits(blind=timedelta(0))) as auditor:
        for _ in range(3):
            with pytest.raises(PoolTimeout):
                await auditor.turn(TURNING, Pulse())
        assert receiver.paths() == ["/engineers"] and "database is away" in f"{receiver.got[0].json['text']}"
        assert REGISTRY.get_sample_value("dolbom_alerts_faults", {"fault": Fault.DATABASE_AWAY}) == 1
    await away.close()


async def test_the_ping_stops_when_the_service_is_killed(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with receiving() as receiver:
        told = {"DEAD_MAN_URL": f"{receiver.url}/ping", "DEAD_MAN_SECONDS": "0.1", "AUDIT_SECONDS": "0.1"}
        environ = environ_of(postgres, kafka) | {f"DOLBOM_ALERTS_{name}": value for name, value in told.items()}
        async with running(tmp_path, environ) as service:
            await until(lambda: receiver.has(3), within=60, what="three pings")
            assert "engineers_not_set" in service.log_path.read_text()
            service.kill()
            killed, count = clock.ticks(), len(receiver.got)
            await until(lambda: clock.ticks() > killed + 2, what="twenty times a ping's span")
            # One may have been on its way.
            assert len(receiver.got) <= count + 1
