"""The service is killed (kill -9) wherever it is, again and again: no cry is lost and nobody is called twice."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from deploy.embedded.stack import Running
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.faults.flow import cries, homes_of, reached, tell_all
from tests.alerts.faults.tally import leases_end, tally
from tests.alerts.receiver import Got, receiving
from tests.alerts.running import environ_of, running, start, with_home
from tests.until import until

LONG = bool(os.environ.get("DOLBOM_RUN_LONG"))
SEED = int(os.environ.get("DOLBOM_RUN_SEED", "1"))
#: How often it is killed by chance, and by how many findings.
LIVES, FINDINGS = (60, 1_200) if LONG else (3, 60)

pytestmark = [pytest.mark.door, pytest.mark.timeout(1_800 if LONG else 240)]


async def test_a_service_that_is_killed_at_random_moments_loses_and_doubles_nothing(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    dice = random.Random(SEED)
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(FINDINGS, receiver.url))
        told, environ = cries(FINDINGS), environ_of(postgres, kafka)
        flow = asyncio.create_task(tell_all(kafka, told, per_second=FINDINGS / (LIVES * 5)))
        for life in range(LIVES):
            service = start(tmp_path, environ, f"life-{life}")
            ends = clock.ticks() + dice.uniform(1.5, 6.0)
            await until(partial(reached, ends), within=10, what="its time has come")
            service.kill()
        await flow
        async with running(tmp_path, environ, "last"):
            await tally(postgres, receiver, told, what=f"killed {LIVES} times, seed {SEED}")


Moment = Callable[[Pool, Running], Awaitable[bool]]


async def _says(word: str, _: Pool, service: Running) -> bool:
    return word in service.log_path.read_text(errors="replace")


async def _holds(statement: str, pool: Pool, _: Running) -> bool:
    async with pool.connection() as connection:
        row = await (await connection.execute(f"select exists ({statement})".encode())).fetchone()
    return bool(row and row[0])


#: Between two awaits of the service, as seen from outside.
MOMENTS: dict[str, Moment] = {
    "as soon as it has started": partial(_says, "service_started"),
    "as soon as it is ready": partial(_says, "readiness_changed"),
    "when a case is open": partial(_holds, "select from alert"),
    "when a call waits": partial(_holds, "select from notification where state = 'queued' and attempts = 0"),
    "when a call is claimed": partial(_holds, "select from notification where state = 'queued' and attempts > 0"),
    "when a call is delivered": partial(_holds, "select from notification where state = 'delivered'"),
    "when the second step is called": partial(_holds, "select from notification where step = 2"),
    "when the world is to be told": partial(_holds, "select from alert_change"),
    "when a push is written down": partial(_says, "notification_pushed"),
}


#: Rows that live for milliseconds: such a moment may go by between two looks, and then the kill comes a little later.
PASSING = frozenset({"when a call waits", "when a call is claimed", "when the world is to be told"})


async def _come_or_gone(moment: Callable[[], Awaitable[bool]], latest: float) -> bool:
    return clock.ticks() > latest or await moment()


async def test_a_service_that_is_killed_at_chosen_moments_loses_and_doubles_nothing(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with receiving() as receiver, pooled(postgres) as pool:
        count = 3 * len(MOMENTS)
        await with_home(postgres, *homes_of(count, receiver.url))
        told, environ = cries(count), environ_of(postgres, kafka)
        for number, (name, moment) in enumerate(MOMENTS.items()):
            await tell_all(kafka, told[3 * number : 3 * number + 3])
            service = start(tmp_path, environ, f"moment-{number}")
            try:
                awaited: Callable[[], Awaitable[bool]] = partial(moment, pool, service)
                if name in PASSING:
                    awaited = partial(_come_or_gone, awaited, clock.ticks() + 15)
                await until(awaited, within=30, what=name)
            finally:
                service.kill()
            await leases_end(postgres)
        async with running(tmp_path, environ, "last"):
            await tally(postgres, receiver, told, what=f"killed at {len(MOMENTS)} chosen moments")


async def test_a_service_that_is_killed_between_a_push_and_its_note_pushes_again_under_the_same_key(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    lives: list[Running] = []

    def dies_of_it(got: Got) -> int:
        if lives:
            lives.pop().kill()
        return 204

    async with receiving() as receiver:
        await with_home(postgres, *homes_of(6, receiver.url))
        told, environ = cries(6), environ_of(postgres, kafka)
        await tell_all(kafka, told)
        receiver.answer = dies_of_it
        for life in range(3):
            service = start(tmp_path, environ, f"life-{life}")
            lives.append(service)
            await until(partial(_dead, service), within=40, what="it was killed while its push was answered")
            await leases_end(postgres)
        async with running(tmp_path, environ, "last"):
            counted = await tally(postgres, receiver, told, what="killed by three answers")
        assert counted.doubled >= 3


def _dead(service: Running) -> bool:
    return not service.alive


async def test_two_workers_of_which_one_is_killed_again_and_again_share_the_work(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    lives, count = (20, 400) if LONG else (2, 60)
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(count, receiver.url))
        told, environ = cries(count), environ_of(postgres, kafka)
        async with running(tmp_path, environ, "stays"):
            flow = asyncio.create_task(tell_all(kafka, told, per_second=count / (lives * 6)))
            for life in range(lives):
                async with running(tmp_path, environ, f"comes-and-goes-{life}") as other:
                    other.kill()
            async with running(tmp_path, environ, "stays-too"):
                await flow
                await tally(postgres, receiver, told, what=f"two workers, one killed {lives} times")
