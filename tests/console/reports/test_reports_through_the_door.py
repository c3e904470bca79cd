"""Reports through the door: ordered by a form, made by the service, fetched after a step up, kept apart by district."""

import asyncio
import io
import random
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from console.postgres import ConsoleStore
from console.reports.monthly.postgres import Reports
from console.reports.monthly.service import Press
from console.roles import Role
from runtime.postgres import Pool, pooled
from runtime.settings import Kafka, Postgres
from tests.console.building import RENDERER
from tests.console.reports.making import csrf_of, ordered, values_of
from tests.console.reports.seeding import MONTH, a_month_of, with_dongs, write
from tests.console.running import PASSWORD, Centre, centre, signed_in, with_street
from tests.until import until

pytestmark = [pytest.mark.door]

ORDER = {"month": MONTH, "district": "d-001", "audience": "inside"}


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        await write(running.pool, a_month_of(await with_dongs(running.pool, 3), 90, random.Random(9)))
        yield running


async def order(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await client.post("/sup/reports", data=ORDER | {"csrf": await csrf_of(client)} | form)


async def made(client: httpx.AsyncClient, path: str) -> None:
    async def is_made() -> bool:
        return "완성" in (await client.get(path)).text

    await until(is_made, within=60, what="the report is made")


async def test_a_report_is_ordered_made_and_fetched(house: Centre) -> None:
    async with signed_in(house.url) as client:
        path = (await order(client)).headers["location"]
        await made(client, path)
        step = await client.get(f"{path}/d-001.csv")
        assert step.status_code == 303 and step.headers["location"].startswith("/step-up?next=")
        form = {"csrf": await csrf_of(client), "password": PASSWORD, "code": PASSWORD, "next": f"{path}/d-001.csv"}
        assert (await client.post("/step-up", data=form)).status_code == 303
        sheet = await client.get(f"{path}/d-001.csv")
        assert sheet.status_code == 200 and values_of(sheet.content)["overview", "homes", "value"] == "4"
        assert (
            sheet.headers["cache-control"] == "no-store" and "2026-10-d-001.csv" in sheet.headers["content-disposition"]
        )
        assert (await client.get(f"{path}/d-001.pdf")).content.startswith(b"%PDF")
        archive = zipfile.ZipFile(io.BytesIO((await client.get(f"{path}/all.zip")).content))
        assert archive.namelist() == ["2026-10-d-001.pdf", "2026-10.csv"]
        for nothing in ("d-000.pdf", "d-001.exe", "all.csv", "x"):
            assert (await client.get(f"{path}/{nothing}")).status_code == 404
        assert (await client.get("/sup/reports/99999")).status_code == 404
        assert (await client.get("/sup/reports/9x")).status_code == 404
        assert "완성" in (await client.get("/sup/reports")).text
    looks = [line for line in await ConsoleStore(house.pool).access_lines() if line.what == "report_exported"]
    assert len(looks) == 3 and {look.subject for look in looks} == {path.replace("/sup/reports/", "report-")}


async def test_an_order_that_says_too_little_is_refused(house: Centre) -> None:
    async with signed_in(house.url) as client:
        for form in ({"month": "2026-13"}, {"audience": "world"}, {"district": "d-999"}, {"month": ""}):
            assert (await order(client, **form)).status_code == 422
        assert (await client.post("/sup/reports", data=ORDER)).status_code == 403
    assert not await Reports(house.pool).latest()


async def test_a_supervisor_with_districts_orders_and_reads_only_those(house: Centre) -> None:
    whole = await ordered(house.pool)
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set districts = '{d-001}'")
    async with signed_in(house.url) as client:
        assert (await client.get(f"/sup/reports/{whole}")).status_code == 404
        assert (await order(client, district="d-000")).status_code == 422
        path = (await order(client, district="all")).headers["location"]
        page = (await client.get("/sup/reports")).text
    found = await Reports(house.pool).find(int(path.rsplit("/", 1)[1]))
    assert found and found.districts == ("d-001",) and found.wanted == ("d-001",)
    assert "꽃1동" in page and "꽃0동" not in page


async def test_who_may_only_read_is_offered_no_form(house: Centre) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set roles = %s", [[Role.SENIOR]])
    async with signed_in(house.url) as client:
        page = (await client.get("/sup/reports")).text
        assert '<form class="cd judge"' not in page
        assert (await order(client)).status_code == 403


@pytest.fixture
async def city(postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(postgres) as pool:
        await write(pool, a_month_of(await with_dongs(pool, 2), 40, random.Random(9)))
        yield pool


async def stopped_after_one_part(pool: Pool) -> int:
    number = await ordered(pool)

    async def has_a_part() -> bool:
        found = await Reports(pool).find(number)
        return found is not None and len(found.made) == 1

    making = asyncio.ensure_future(Press(pool, RENDERER).turn())
    await until(has_a_part, within=60, what="one part is made")
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    return number


async def moments(pool: Pool, number: int) -> list[str]:
    async with pool.connection() as connection:
        asked = "select district_id || ' ' || made_at from report_part where report_id = %s order by made_at"
        return [f"{row[0]}" for row in await (await connection.execute(asked, [number])).fetchall()]


async def test_a_report_is_made_on_from_where_it_was_killed(city: Pool) -> None:
    number = await stopped_after_one_part(city)
    before = await moments(city, number)
    await Press(city, RENDERER).turn()
    found = await Reports(city).find(number)
    assert found and found.finished_at and len(found.made) == 3
    assert (await moments(city, number))[:1] == before


async def test_all_parts_of_a_report_are_made_of_the_same_counts(city: Pool) -> None:
    number = await stopped_after_one_part(city)
    before = await moments(city, number)
    async with city.connection() as connection:
        await connection.execute("""update alert set outcome = '{"code": "E1"}' where alert_id = 'a-000000'""")
    await Press(city, RENDERER).turn()
    assert before[0] not in await moments(city, number) and len(await moments(city, number)) == 3
    parts = [(await Reports(city).part(number, key) or (b"", b""))[1] for key in ("d-000", "d-001", "")]
    one, two, whole = (int(values_of(part)["outcomes", "emergency", "count"]) for part in parts)
    assert one + two == whole


async def test_two_services_make_each_part_once(city: Pool) -> None:
    number = await ordered(city)
    await asyncio.gather(Press(city, RENDERER).turn(), Press(city, RENDERER).turn())
    assert len(await moments(city, number)) == 3


async def test_the_version_for_outside_hides_what_is_small(city: Pool) -> None:
    number = await ordered(city, audience="outside")
    await Press(city, RENDERER).turn()
    for key in ("d-000", "d-001", ""):
        values = values_of((await Reports(city).part(number, key) or (b"", b""))[1])
        assert not {"cases", "kinds_outcomes", "severities", "hazards"} & {section for section, _, _ in values}
        counts = [value for (section, _, figure), value in values.items() if figure in ("count", "alerts", "call")]
        assert counts and not {"1", "2", "3", "4"} & set(counts)
        assert ("<5" in counts) or any(value.startswith(">=") for value in counts)
