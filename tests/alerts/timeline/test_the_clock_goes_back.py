"""Stories of a clock that was wrong: what was written by it goes out as soon as the clock is right again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from alerts.clock_steps.postgres import put_right
from alerts.events import Acknowledge, Answered, Found, Note
from alerts.floods.postgres import load_of
from alerts.outbox.postgres import called
from alerts.presence.postgres import manned, seen
from alerts.reasons import Reason
from contracts import AlertState, Hazard, ResponderId, Severity
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.alerts.building import a_finding
from tests.alerts.running import with_home
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.moved import moved_time
from tests.alerts.timeline.play import TUESDAY
from tests.alerts.timeline.provider import a_provider
from tests.alerts.timeline.stage import Stage, a_stage

pytestmark = pytest.mark.door

TEN_MINUTES = timedelta(minutes=10)
A_MOMENT = timedelta(seconds=5)


@asynccontextmanager
async def a_story(postgres: Postgres) -> AsyncIterator[Stage]:
    async with a_provider() as provider:
        await with_home(postgres, a_cast()(provider))
        async with a_stage(postgres, provider, TUESDAY) as stage:
            yield stage


async def the_clock_says(stage: Stage, after: timedelta) -> None:
    """Let the clock be put to another time, without anything that was due on the way."""
    stage.now = stage.began + after
    stage.time.stand_at(stage.now)
    async with stage.pool.connection() as connection:
        await seen(connection, "kim", "console-1")


async def test_who_is_to_be_called_waits_for_no_clock_that_was_ahead(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await the_clock_says(stage, A_MOMENT)
        await stage.settle()
        assert stage.came == [], "the fault that this is about: the call waits for ten minutes"
        moved = await put_right(stage.pool)
        assert moved and (moved.seconds, moved.alerts, moved.calls) == (595.0, 1, 1)
        await stage.settle()
        assert stage.came == ["0:05 help: daughter by webhook"]
        await stage.until(TUESDAY + timedelta(seconds=66))
        assert stage.came[1:] == ["1:05 help: carer by webhook"], "the next step keeps its distance"


async def test_what_was_written_by_a_right_clock_keeps_its_time(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await stage.settle()
        await the_clock_says(stage, timedelta(seconds=20))
        assert await put_right(stage.pool) is None
        await stage.until(TUESDAY + timedelta(seconds=66))
        assert stage.came == ["0:00 help: daughter by webhook", "1:00 help: carer by webhook"]


async def test_a_clock_that_is_put_back_for_good_by_more_than_it_waited_makes_no_step_late(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await stage.settle()
        await the_clock_says(stage, -TEN_MINUTES)
        assert await put_right(stage.pool)
        await stage.until(TUESDAY - TEN_MINUTES + timedelta(seconds=66))
        assert stage.came == ["0:00 help: daughter by webhook", "-9:00 help: carer by webhook"]


async def test_a_call_in_the_hands_of_a_worker_that_died_is_taken_up_again(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        assert len(await stage.outbox.claim(1)) == 1
        await the_clock_says(stage, A_MOMENT)
        assert await put_right(stage.pool)
        await stage.until(TUESDAY + timedelta(minutes=2))
        assert stage.came == ["0:15 help: daughter by webhook", "1:05 help: carer by webhook"]


async def test_whoever_took_a_case_under_a_wrong_clock_has_it_no_longer_than_others(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        case = await stage.case()
        await stage.store.apply(Acknowledge(alert_id=case.alert_id, operator="kim", version=case.version))
        before = await stage.case()
        await the_clock_says(stage, A_MOMENT)
        assert await put_right(stage.pool)
        case = await stage.case()
        moved = timedelta(seconds=595)
        assert case.state is AlertState.ACKNOWLEDGED and before.due_at and before.owner_until
        assert (case.due_at, case.owner_until) == (before.due_at - moved, before.owner_until - moved)
        assert await put_right(stage.pool) is None, "what was moved is written now"


async def test_whoever_goes_to_the_home_is_expected_and_asked_after_as_early_as_others(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        case = await stage.case()
        await stage.store.apply(Answered(alert_id=case.alert_id, responder_id=ResponderId("carer"), accepted=True))
        before = await stage.case()
        await the_clock_says(stage, A_MOMENT)
        assert await put_right(stage.pool)
        after = await stage.case()
        (visit,), (was,) = after.visits, before.visits
        moved = timedelta(seconds=595)
        assert visit.expected_at == was.expected_at - moved
        assert before.timers, "a visit and a case in hand are two timers"
        assert [(timer.due_for, timer.at) for timer in after.timers] == [
            (timer.due_for, timer.at - moved) for timer in before.timers
        ]


async def test_hand_overs_and_pages_to_engineers_wait_no_longer_either(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        case = await stage.case()
        await the_clock_says(stage, TEN_MINUTES)
        async with stage.pool.connection() as connection:
            await connection.execute(_ASKED, {"alert_id": case.alert_id})
            await connection.execute(_FAULT)
        await the_clock_says(stage, A_MOMENT)
        moved = await put_right(stage.pool)
        assert moved and (moved.alerts, moved.others) == (0, 2)
        async with stage.pool.connection() as connection:
            rows = await (await connection.execute(_WAITING)).fetchall()
        assert rows == [(True,), (True,)]


_ASKED = """
    insert into hand_over (alert_id, version, centre_id, seq, due_at)
    values (%(alert_id)s, 1, 'centre', 1, clock_timestamp())
"""
_FAULT = """
    insert into service_fault (fault, began_at, holds_at, count, page_due_at)
    values ('outbox_stuck', clock_timestamp(), clock_timestamp(), 1, clock_timestamp())
"""
_WAITING = """
    select due_at <= clock_timestamp() from hand_over
    union all select page_due_at <= clock_timestamp() from service_fault
"""


async def test_of_two_workers_who_look_at_once_one_brings_forward_and_each_row_comes_forward_once(
    postgres: Postgres,
) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        before = await stage.case()
        await the_clock_says(stage, A_MOMENT)
        done = await asyncio.gather(*(put_right(stage.pool) for _ in range(4)))
        assert len([each for each in done if each]) == 1
        after = await stage.case()
        assert before.due_at and after.due_at == before.due_at - timedelta(seconds=595)


async def test_a_page_that_a_clock_ahead_saw_is_no_shoulder_in_a_flood(postgres: Postgres) -> None:
    time = moved_time(postgres, TUESDAY + TEN_MINUTES)
    async with pooled(postgres) as pool, pool.connection() as connection:
        await seen(connection, "kim", "console-1")
        assert (await load_of(connection)).operators == 1
        time.stand_at(TUESDAY)
        assert (await load_of(connection)).operators == 0


async def test_what_may_wait_is_not_held_back_by_what_was_sent_in_the_future(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        leak = a_finding("leak", Hazard.WATER, Severity.CAUTION, since=TUESDAY, told_at=TUESDAY)
        await stage.store.apply(Found(finding=leak))
        await stage.until(TUESDAY + 3 * TEN_MINUTES)
        async with stage.pool.connection() as connection:
            call, *_ = await called(connection, (await stage.case()).alert_id)
        assert await stage.outbox.sent_lately(call, TUESDAY)
        await the_clock_says(stage, A_MOMENT)
        assert await stage.outbox.sent_lately(call, TUESDAY) is None


async def test_who_was_called_in_the_future_is_told_once_that_somebody_goes(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await stage.settle()
        await the_clock_says(stage, A_MOMENT)
        assert await put_right(stage.pool)
        case = await stage.case()
        async with stage.pool.connection() as connection:
            assert len(await called(connection, case.alert_id)) == 1
        await stage.store.apply(Answered(alert_id=case.alert_id, responder_id=ResponderId("carer"), accepted=True))
        await stage.settle()
        assert stage.came[1:] == ["0:05 taken: daughter by webhook"]
        async with stage.pool.connection() as connection:
            assert await called(connection, case.alert_id) == ()


async def test_nobody_is_at_a_console_because_a_clock_ahead_saw_them(postgres: Postgres) -> None:
    time = moved_time(postgres, TUESDAY + TEN_MINUTES)
    async with pooled(postgres) as pool, pool.connection() as connection:
        await seen(connection, "kim", "console-1")
        assert await manned(connection)
        time.stand_at(TUESDAY)
        assert not await manned(connection)
        await seen(connection, "kim", "console-1")
        assert await manned(connection)
        time.stand_at(TUESDAY + timedelta(seconds=31))
        assert not await manned(connection)


async def test_the_one_who_tells_the_world_is_followed_though_its_lease_was_taken_in_the_future(
    postgres: Postgres,
) -> None:
    time = moved_time(postgres, TUESDAY)
    async with pooled(postgres) as pool:
        async with pool.connection() as connection:
            await connection.execute(
                "insert into alert_lease (name, holder, epoch, until_at)"
                " values ('relay', 'gone', 1, clock_timestamp() + interval '600 seconds')"
            )
        assert await put_right(pool) is None
        time.stand_at(TUESDAY + timedelta(seconds=10))
        async with pool.connection() as connection:
            row = await (await connection.execute("select until_at <= clock_timestamp() from alert_lease")).fetchone()
        assert row == (True,)


async def test_what_is_written_of_a_case_before_it_was_moved_does_not_hide_that_it_waits(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await stage.settle()
        await the_clock_says(stage, A_MOMENT)
        case = await stage.case()
        await stage.store.apply(Note(alert_id=case.alert_id, operator="kim", text="nobody answers the telephone"))
        moved = await put_right(stage.pool)
        assert moved and moved.alerts == 1
        await stage.until(TUESDAY + timedelta(seconds=66))
        assert stage.came == ["10:00 help: daughter by webhook", "1:05 help: carer by webhook"]


async def test_a_step_that_somebody_saw_is_moved_back_by_all_of_it(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await stage.settle()
        await the_clock_says(stage, timedelta(seconds=50))
        assert await put_right(stage.pool) is None
        await the_clock_says(stage, timedelta(seconds=50) - TEN_MINUTES)
        assert await put_right(stage.pool)
        await stage.until(TUESDAY - TEN_MINUTES + timedelta(seconds=59))
        assert stage.came == ["0:00 help: daughter by webhook"]
        await stage.until(TUESDAY - TEN_MINUTES + timedelta(seconds=61))
        assert stage.came[1:] == ["-9:00 help: carer by webhook"]


async def test_more_than_one_transaction_bears_is_moved_turn_by_turn_and_each_by_the_whole_step(
    postgres: Postgres,
) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, timedelta(0))
        await stage.store.apply(Found(finding=a_finding("smoke", Hazard.FIRE, since=TUESDAY, told_at=TUESDAY)))
        await the_clock_says(stage, timedelta(minutes=9))
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        assert await put_right(stage.pool) is None
        due = {alert.hazard: alert.due_at for alert in await stage.store.open_alerts()}
        await the_clock_says(stage, -timedelta(minutes=1))
        turns = [await put_right(stage.pool, most=1) for _ in range(3)]
        assert [turn and (turn.seconds, turn.alerts) for turn in turns] == [(600.0, 1), (600.0, 1), None]
        for alert in await stage.store.open_alerts():
            was = due[alert.hazard]
            assert was and alert.due_at == was - TEN_MINUTES


async def test_a_step_that_is_shorter_than_a_wait_makes_nobody_wait_longer_than_that_wait_again(
    postgres: Postgres,
) -> None:
    async with a_story(postgres) as stage:
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await stage.settle()
        await the_clock_says(stage, timedelta(seconds=45))
        assert await put_right(stage.pool) is None
        await the_clock_says(stage, timedelta(seconds=15))
        assert await put_right(stage.pool) is None, "nothing that waits was written in the future"
        await stage.until(TUESDAY + timedelta(seconds=61))
        assert stage.came[1:] == ["1:00 help: carer by webhook"], "late by the step, which is less than its wait"


async def test_who_cries_again_is_heard_though_the_last_cry_is_said_to_come_later(postgres: Postgres) -> None:
    async with a_story(postgres) as stage:
        await the_clock_says(stage, TEN_MINUTES)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY, told_at=TUESDAY)))
        await take(stage)
        await stage.store.apply(Found(finding=a_finding(since=TUESDAY + A_MOMENT, told_at=TUESDAY + A_MOMENT)))
        await take(stage)
        await the_clock_says(stage, A_MOMENT)
        later = TUESDAY + 3 * A_MOMENT
        heard = await stage.store.apply(Found(finding=a_finding(since=later, told_at=later)))
        assert heard.reason is Reason.CRIED_AGAIN


async def take(stage: Stage) -> None:
    case = await stage.case()
    taken = await stage.store.apply(Acknowledge(alert_id=case.alert_id, operator="kim", version=case.version))
    assert taken.reason is Reason.ACKNOWLEDGED
