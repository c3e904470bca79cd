"""The figures' page through the door: the accounts of the log, by district, and a reason for each late answer."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from alerts.figures.breakdowns import Accounts, accounts_of
from alerts.figures.postgres import cases
from console.reports.periods import period_of
from console.spans import ZONE
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.reports.making import csrf_of
from tests.console.reports.seeding import BEGINS, KINDS, MONTH, Seeded, a_month_of, with_dongs, write
from tests.console.running import NAME, Centre, centre, signed_in, with_street

pytestmark = [pytest.mark.door]

PAGE = f"/sup/sla?period={MONTH}"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        homes = await with_dongs(running.pool, 3)
        await write(running.pool, a_month_of(homes, 200, random.Random(20261122)))
        yield running


async def accounts(house: Centre, *districts: str) -> Accounts:
    period, now = period_of(MONTH, clock.now()), clock.now()
    found = await cases(house.pool, period.from_at, period.until_at, districts)
    return accounts_of(found, period.from_at, period.until_at, now, ZONE)


def shown(page: str, name: str) -> str:
    """Read how a figure of the page was counted."""
    row = page.split(f'id="m-{name}"', 1)[1].split("</tr>", 1)[0]
    return row.split('<td class="num t3">', 1)[1].split("<", 1)[0]


async def test_the_page_shows_the_figures_of_the_log(house: Centre, tmp_path: Path) -> None:
    async with signed_in(house.url) as client:
        answer = await client.get(PAGE)
        page = answer.text
        assert answer.status_code == 200, (
            answer.status_code,
            page[-1500:],
            (tmp_path / "console.log").read_text()[-3000:],
        )
    whole = (await accounts(house)).whole
    assert whole.cases == 200 and whole.late
    for one in whole.shares:
        assert shown(page, one.name) == f"{one.hit}/{one.of}"
    assert page.count("사유 적기</a>") == len(whole.late)
    assert "꽃2동" in page and "help_button" in page and "황보비밀" not in page


async def test_a_supervisor_with_districts_sees_only_those(house: Centre) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set districts = '{d-001}'")
    async with signed_in(house.url) as client:
        page = (await client.get(PAGE)).text
        theirs, others = (await accounts(house, "d-001")).whole, (await accounts(house, "d-000")).whole
        assert (
            shown(page, "answered_in_60") == f"{theirs.share('answered_in_60').hit}/{theirs.share('answered_in_60').of}"
        )
        assert "꽃1동" in page and "꽃0동" not in page
        assert (await client.get(f"/sup/sla/{others.late[0].alert_id}")).status_code == 404


async def test_each_late_answer_takes_a_reason_and_keeps_every_one(house: Centre) -> None:
    late = (await accounts(house)).whole.late[0].alert_id
    path = f"/sup/sla/{late}"
    async with signed_in(house.url) as client:
        csrf = await csrf_of(client)
        assert (await client.post(path, data={"reason": "overload"})).status_code == 403
        assert (await client.post(path, data={"csrf": csrf, "reason": "laziness"})).status_code == 422
        assert (await client.post(path, data={"csrf": csrf, "reason": "other", "text": " "})).status_code == 422
        for reason, text in (("overload", "한꺼번에 열두 건"), ("line", "회선 장애였음")):
            done = await client.post(path, data={"csrf": csrf, "reason": reason, "text": text})
            assert done.status_code == 303 and done.headers["location"] == path
        own = (await client.get(path)).text
        page = (await client.get(PAGE)).text
    assert "한꺼번에 열두 건" in own and "회선 장애였음" in own and NAME in own
    assert "회선 장애였음" in page and "한꺼번에 열두 건" not in page
    async with house.pool.connection() as connection:
        for change in ("update late_answer set text = ''", "delete from late_answer", "truncate late_answer"):
            with pytest.raises(psycopg.Error, match="append-only"):
                await connection.execute(change)


async def test_what_was_in_time_takes_no_reason(house: Centre) -> None:
    in_time = Seeded("quick", "h-00000", KINDS[0], BEGINS, [("acknowledged", 9, NAME)])
    await write(house.pool, [in_time])
    async with signed_in(house.url) as client:
        assert (await client.get("/sup/sla/quick")).status_code == 404
        assert (await client.get("/sup/sla/nothing")).status_code == 404


async def test_the_rooms_that_are_built_are_offered(house: Centre) -> None:
    async with signed_in(house.url) as client:
        page = (await client.get("/sup")).text
    assert 'href="/sup/sla"' in page and page.count("<li>") >= 1


def test_a_month_begins_and_ends_by_the_clock_of_the_centre() -> None:
    now = datetime(2026, 11, 22, 3, 0, tzinfo=ZONE)
    october = period_of("2026-10", now)
    assert october.from_at == BEGINS and october.until_at - october.from_at == timedelta(days=31)
    assert period_of("before", now) == type(october)(key="before", from_at=october.from_at, until_at=october.until_at)
    assert period_of("nonsense", now).from_at == datetime(2026, 11, 1, tzinfo=ZONE)
    assert period_of("today", now).until_at - period_of("today", now).from_at == timedelta(days=1)
    assert period_of("week", now).from_at == datetime(2026, 11, 16, tzinfo=ZONE)
    assert period_of("2026-13", now).key == "month"
