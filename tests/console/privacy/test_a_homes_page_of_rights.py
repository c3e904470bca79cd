from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.roles import Role
from contracts import HoldKind, HomeId
from homes.postgres import HomeStore
from runtime.settings import Kafka, Postgres
from tests.console.entry.people import as_one, csrf_of, lines_of, step_up, with_account
from tests.console.running import Centre, centre, signed_in, with_street

pytestmark = [pytest.mark.door]

PAGE = "/homes/h-0001/privacy"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def test_a_consent_is_given_withdrawn_and_written_into_the_log(house: Centre) -> None:
    async with signed_in(house.url) as client:
        csrf = await csrf_of(client, PAGE)
        give = {"csrf": csrf, "kind": "care", "do": "give", "given_by": "딸 이정민", "until": "2030-01-31"}
        assert (await client.post(f"{PAGE}/consent", data={**give, "given_by": " "})).status_code == 422
        assert (await client.post(f"{PAGE}/consent", data=give)).status_code == 303
        assert (await client.post(f"{PAGE}/consent", data=give)).status_code == 422
        shown = (await client.get(PAGE)).text
        assert "딸 이정민" in shown and "2030-01-31" in shown
        assert (await client.post(f"{PAGE}/consent", data={**give, "do": "withdraw"})).status_code == 303
        assert (await client.post(f"{PAGE}/consent", data={**give, "do": "withdraw"})).status_code == 422
    given, ended = await lines_of(house.pool, "consent_given"), await lines_of(house.pool, "consent_ended")
    assert [line.subject for line in (*given, *ended)] == ["h-0001", "h-0001"]


async def test_monitoring_pauses_at_the_residents_wish_and_ends_by_itself(house: Centre) -> None:
    async with signed_in(house.url) as client:
        csrf = await csrf_of(client, PAGE)
        for hours in ("0", "337", "-1", "1e3", "soon"):
            assert (await client.post(f"{PAGE}/pause", data={"csrf": csrf, "hours": hours})).status_code == 422
        assert (await client.post(f"{PAGE}/pause", data={"csrf": csrf, "hours": "48"})).status_code == 303
        home = await HomeStore(house.pool).load(HomeId("h-0001"))
        assert home is not None and [hold.kind for hold in home.holds] == [HoldKind.AWAY]
        assert "까지 쉽니다" in (await client.get(PAGE)).text
        assert (await client.post(f"{PAGE}/resume", data={"csrf": csrf})).status_code == 303
        assert "까지 쉽니다" not in (await client.get(PAGE)).text
    assert await lines_of(house.pool, "monitoring_paused") and await lines_of(house.pool, "monitoring_resumed")


async def test_an_erasure_wants_a_supervisor_a_code_a_reason_and_the_homes_id(house: Centre) -> None:
    await with_account(house.pool, "선임", Role.SENIOR, districts=["죽림동"])
    async with as_one(house, "선임") as client:
        csrf = await csrf_of(client, PAGE)
        assert (await client.post(f"{PAGE}/erase", data={"csrf": csrf})).status_code == 403
        assert (await client.get("/homes/h-0002/privacy")).status_code == 403
        await client.post("/homes/h-0002/break-glass", data={"csrf": csrf, "reason": "옆 동 응원 근무"})
        assert (await client.get("/homes/h-0002/privacy")).status_code == 200
    async with signed_in(house.url) as client:
        asked = {"csrf": await csrf_of(client), "reason": "서비스 해지", "typed": "h-0001"}
        assert (await client.post(f"{PAGE}/erase", data=asked)).headers["location"] == f"/step-up?next={PAGE}"
        await step_up(client)
        assert (await client.post(f"{PAGE}/erase", data={**asked, "typed": "h-0002"})).status_code == 422
        assert (await client.post(f"{PAGE}/erase", data=asked)).status_code == 303
        assert "삭제되었습니다" in (await client.get(PAGE)).text
    assert [line.reason for line in await lines_of(house.pool, "resident_erased")] == ["서비스 해지"]
