"""What is measured: a thousand findings in one second, fifty in every second, and what the least work would take."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import httpx
import psycopg

from alerts.events import Answered
from alerts.links import LinkClaim, read_token
from alerts.postgres import AlertStore
from bench.alerts.load import cases_of, tell
from bench.alerts.provider import Calls, Case
from bench.machine import percentile
from contracts import HomeId
from runtime import clock
from runtime.kafka import producing
from runtime.postgres import pooled
from runtime.settings import Postgres, Settings

#: What has not come so long after the last finding is missing.
PATIENCE_SECONDS: Final = 60.0
#: A person needs so long to look at their telephone.
ANSWERED_AFTER_SECONDS: Final = 15.0
_ANSWERERS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Floor:
    """One insert and one POST, one after the other, by the same libraries."""

    cases: int
    seconds: float
    milliseconds: list[float]


@dataclass(kw_only=True)
class Ran:
    """What came of a load."""

    told: dict[Case, float] = field(default_factory=dict)
    #: From telling to the first push.
    milliseconds: list[float] = field(default_factory=list)
    #: Since the first finding was told, all were open; all had a first push.
    opened_seconds: float = float("nan")
    pushed_seconds: float = float("nan")
    missing: int = 0
    pushes: int = 0
    doubled: int = 0
    answered: int = 0
    load_average: float = 0.0

    @property
    def p99(self) -> float:
        """Milliseconds that 99 of 100 did not exceed."""
        return percentile(self.milliseconds, 0.99)


async def floor(settings: Postgres, calls: Calls, *, cases: int) -> Floor:
    """Insert a row and post a message, as often as asked, one after the other."""
    took: list[float] = []
    body = b'{"home_ref": "floor", "hazard": "help", "link": ""}'
    async with (
        await psycopg.AsyncConnection.connect(settings.dsn.reveal(), autocommit=True) as connection,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        await connection.execute("create table bench_floor (case_id text primary key, body text not null)")
        began = clock.ticks()
        for number in range(cases):
            at = clock.ticks()
            await connection.execute("insert into bench_floor values (%s, %s)", [f"{number}", body.decode()])
            await client.post(calls.url, content=body, headers={"idempotency-key": f"floor-{number}"})
            took.append(1000 * (clock.ticks() - at))
        return Floor(cases=cases, seconds=clock.ticks() - began, milliseconds=took)


async def burst(settings: Settings, calls: Calls, homes: Sequence[HomeId], *, cases: int) -> Ran:
    """Tell so many findings within one second."""
    return await _ran(settings, calls, cases_of(homes, cases), per_second=cases, answers=False)


async def sustained(
    settings: Settings, calls: Calls, homes: Sequence[HomeId], *, per_second: int, seconds: float
) -> Ran:
    """Tell so many findings in every second; each case is answered by the first who was called, after a while."""
    cases = cases_of(homes, int(per_second * seconds))
    return await _ran(settings, calls, cases, per_second=per_second, answers=True)


async def _ran(settings: Settings, calls: Calls, cases: Sequence[Case], *, per_second: float, answers: bool) -> Ran:
    ran = Ran()
    pushes, doubled = calls.pushes, calls.doubled
    async with producing(settings.kafka) as producer, asyncio.TaskGroup() as group:
        began = clock.ticks()
        opening = group.create_task(_all_open(settings.postgres, len(cases), began, within=len(cases) / per_second))
        answering = [group.create_task(_answer(settings, calls, ran)) for _ in range(_ANSWERERS if answers else 0)]
        ran.told = await tell(producer, settings.kafka, cases, per_second=per_second)
        await _until_pushed(calls, cases)
        ran.opened_seconds = await opening
        for each in answering:
            each.cancel()
    came = {case: calls.first[case] for case in cases if case in calls.first}
    ran.load_average = os.getloadavg()[0]
    ran.milliseconds = [1000 * (at - ran.told[case]) for case, at in came.items()]
    ran.pushed_seconds = max(came.values(), default=float("nan")) - began
    ran.missing = len(cases) - len(came)
    ran.pushes, ran.doubled = calls.pushes - pushes, calls.doubled - doubled
    return ran


async def _until_pushed(calls: Calls, cases: Sequence[Case]) -> None:
    wanted = set(cases)
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while wanted := wanted - calls.first.keys():
                calls.came.clear()
                await calls.came.wait()


async def _all_open(settings: Postgres, cases: int, began: float, *, within: float) -> float:
    """Tell after how many seconds so many more cases were open."""
    async with await psycopg.AsyncConnection.connect(settings.dsn.reveal(), autocommit=True) as connection:
        before = await _count(connection)
        while clock.ticks() < began + within + PATIENCE_SECONDS:
            if await _count(connection) - before >= cases:
                return clock.ticks() - began
            await asyncio.sleep(0.05 if within < 5 else 0.5)
    return float("nan")


async def _count(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> int:
    row = await (await connection.execute("select count(*) from alert where severity = 'emergency'")).fetchone()
    return int(f"{row[0]}") if row else 0


async def _answer(settings: Settings, calls: Calls, ran: Ran) -> None:
    """Say yes for each case, as the page behind a link does, some seconds after its first push."""
    async with pooled(settings.postgres) as pool:
        store = AlertStore(pool)
        while True:
            at, link = await calls.fresh.get()
            await asyncio.sleep(max(0.0, at + ANSWERED_AFTER_SECONDS - clock.ticks()))
            claim = read_token(settings.alerts.link_secret.reveal(), link.rpartition("/")[2], clock.now())
            if isinstance(claim, LinkClaim):
                await store.apply(Answered(alert_id=claim.alert_id, responder_id=claim.responder_id, accepted=True))
                ran.answered += 1
