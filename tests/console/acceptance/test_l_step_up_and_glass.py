"""L: exports, tokens and limits ask for a code again; a home of another district can be opened with a reason."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.roles import Role
from contracts import HomeId
from homes.postgres import HomeStore
from homes.walk_test import begun
from homes.walk_test.postgres import WalkTestStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import a_finding
from tests.console.entry.people import as_one, csrf_of, lines_of, step_up, with_account
from tests.console.running import Centre, centre, signed_in, with_street

pytestmark = [pytest.mark.door]

HOME = "h-0001"
LIMITS = f"/engineer/homes/{HOME}/limits"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def test_a_token_a_sheet_of_devices_and_a_limit_ask_for_a_code_again(house: Centre) -> None:
    async with signed_in(house.url) as client:
        csrf = await csrf_of(client)
        wish = {"csrf": csrf, "token_id": "city-hall", "name": "시청", "scope": "homes:read", "days": "30"}
        token = await client.post("/sup/tokens", data={**wish, "per_minute": "60"})
        assert token.headers["location"] == "/step-up?next=/sup/tokens"
        limit = await client.post(LIMITS, data={"csrf": csrf, "battery_left_seconds": "14", "reason": "x"})
        assert limit.headers["location"] == f"/step-up?next={LIMITS}"
        sheet = await client.get("/engineer/devices.csv?tab=battery")
        assert sheet.headers["location"] == "/step-up?next=/engineer/devices.csv%3Ftab%3Dbattery"
        for nothing_happened in ("token_given", "limits_changed", "devices_exported"):
            assert not await lines_of(house.pool, nothing_happened)
        await step_up(client)
        assert (await client.get("/engineer/devices.csv?tab=battery")).status_code == 200


async def test_a_senior_is_offered_to_open_a_home_of_another_district(house: Centre) -> None:
    alert = await house.found(a_finding("h-0003"))
    await with_account(house.pool, "선임", Role.SENIOR, districts=["죽림동"])
    await with_account(house.pool, "관제", Role.OPERATOR, districts=["죽림동"])
    pages = ("/homes/h-0003", "/homes/h-0003/privacy", f"/alerts/{alert.alert_id}")
    async with as_one(house, "선임") as client:
        for path in pages:
            refused = await client.get(path)
            assert refused.status_code == 403 and 'href="/homes/h-0003/break-glass"' in refused.text, path
            assert "정옥희" not in refused.text and "매화동" not in refused.text, path
    async with as_one(house, "관제") as client:
        for path, status in zip(pages, (403, 403, 404), strict=True):
            refused = await client.get(path)
            assert refused.status_code == status and "break-glass" not in refused.text, path


async def test_an_engineer_with_a_visit_may_see_the_way_in(house: Centre) -> None:
    home = await HomeStore(house.pool).load(HomeId(HOME))
    assert home is not None and home.entry
    await with_account(house.pool, "최기사", Role.ENGINEER)
    async with as_one(house, "최기사") as client:
        asked = {"csrf": await csrf_of(client), "what": "door"}

        async def answer() -> int:
            return (await client.post(f"/homes/{HOME}/reveal", data=asked)).status_code

        async def visit(engineer: str) -> None:
            async with house.pool.connection() as connection:
                await connection.execute("update device_job set done_at = now() where done_at is null")
                await connection.execute(
                    "insert into device_job (home_id, kinds, engineer, due_on, made_by)"
                    " values (%s, '{battery_low}', %s, current_date, 'tests')",
                    [HOME, engineer],
                )

        assert await answer() == 403
        await visit("박기사")
        assert await answer() == 403, "a colleague's visit is not theirs"
        await visit("")
        assert await answer() == 200, "whoever comes first"
        await visit("최기사")
        assert home.entry in (await client.post(f"/homes/{HOME}/reveal", data=asked)).text
        assert (await client.post(f"/homes/{HOME}/reveal", data=asked | {"what": "health"})).status_code == 403
        async with house.pool.connection() as connection:
            await connection.execute("update device_job set done_at = now() where done_at is null")
        assert await answer() == 403, "the visit is over"
        await WalkTestStore(house.pool).start(begun(HomeId(HOME), "최기사", clock.now()))
        assert await answer() == 200, "they test it"


async def test_without_a_roster_nobody_is_said_to_be_on_duty(house: Centre) -> None:
    async with signed_in(house.url) as client:
        client.cookies.set("language", "en")
        page = (await client.get("/sup/roster")).text
    assert "There is no roster" in page and "Somebody is on duty" not in page
