"""L: whoever sees some districts only finds no other home, by whatever address they ask."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from alerts.events import Resolve
from alerts.outcomes import Outcome, OutcomeCode, ResolvedBy
from console.roles import Role
from contracts import Hazard, HomeId, Severity
from homes.walk_test import begun
from homes.walk_test.postgres import WalkTestStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import a_finding
from tests.console.entry.people import as_one, csrf_of, step_up, with_account
from tests.console.running import NAME, Centre, centre, with_street

pytestmark = [pytest.mark.door]

#: A home of 매화동, whose people ask, and one of 죽림동.
OWN, OTHER = "h-0003", "h-0001"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        await with_account(running.pool, "박도윤", Role.SUPERVISOR, Role.ENGINEER, districts=["매화동"])
        yield running


@pytest.fixture
async def client(house: Centre) -> AsyncIterator[httpx.AsyncClient]:
    async with as_one(house, "박도윤") as one:
        yield one


async def test_the_sheet_for_119_of_another_district_is_not_there(house: Centre, client: httpx.AsyncClient) -> None:
    own, other = await house.found(a_finding(OWN)), await house.found(a_finding(OTHER))
    assert (await client.get(f"/alerts/{own.alert_id}/sheet")).status_code == 200
    refused = await client.get(f"/alerts/{other.alert_id}/sheet")
    assert refused.status_code == 404 and "최말순" not in refused.text
    assert (await client.get(f"/homes/{OTHER}/break-glass")).status_code == 200
    asked = {"csrf": await csrf_of(client), "reason": "119 요청"}
    assert (await client.post(f"/homes/{OTHER}/break-glass", data=asked)).status_code == 303
    assert (await client.get(f"/alerts/{other.alert_id}/sheet")).status_code == 200


async def test_lists_hold_the_homes_of_ones_own_districts(house: Centre, client: httpx.AsyncClient) -> None:
    for home in (OWN, OTHER):
        await _resolved(house, home)
        await house.found(a_finding(home, kind="not_protected", hazard=Hazard.PROTECTION, severity=Severity.URGENT))
        await house.found(a_finding(home, kind="gateway_silent", hazard=Hazard.GATEWAY, severity=Severity.DEVICE))
    async with house.pool.connection() as connection:
        await connection.execute(
            "insert into incident (incident_id, cause, key, version, opened_at, began_at)"
            " values ('i-1', 'carrier', '하늘통신', 1, now(), now())"
        )
        await connection.execute(
            "insert into incident_home (incident_id, home_id, losses)"
            " select 'i-1', one, array[now()] from unnest(%s::text[]) one",
            [[OWN, OTHER]],
        )
    strip = (await client.get("/console/incidents")).json()
    assert "1가구" in strip["html"] and "2가구" not in strip["html"] and strip["folded"] == [OWN]
    board = (await client.get("/")).text
    assert re.search(r'id="unprotected"[^>]*><span class="n">1</span>', board)
    for path in ("/follow-ups", "/unprotected", "/incidents/i-1"):
        page = await client.get(path)
        assert page.status_code == 200, path
        assert "33-8" in page.text or "정옥희" in page.text or OWN in page.text, path
        assert not any(fact in page.text for fact in ("최말순", "103-1204", "죽림동", OTHER)), path


async def test_an_engineer_works_in_the_homes_of_their_districts(house: Centre, client: httpx.AsyncClient) -> None:
    test = begun(HomeId(OTHER), NAME, clock.now())
    walks = WalkTestStore(house.pool)
    await walks.start(test)
    csrf = await csrf_of(client)
    for path in ("/engineer", "/enrol", "/api/enrolments"):
        page = await client.get(path)
        assert page.status_code == 200 and OWN in page.text and OTHER not in page.text, path
    await step_up(client)
    for path in ("messages", "messages.ndjson", "walk"):
        assert (await client.get(f"/engineer/homes/{OWN}/{path}")).status_code == 200, path
        assert (await client.get(f"/engineer/homes/{OTHER}/{path}")).status_code == 404, path
    for path in (f"/engineer/homes/{OTHER}/walk/start", f"/engineer/homes/{OTHER}/walk/stop"):
        assert (await client.post(path, data={"csrf": csrf})).status_code == 404, path
    for act in ("claim", "replace", "revoke"):
        asked = {"csrf": csrf, "home_id": OTHER}
        assert (await client.post(f"/enrol/do/{act}", data=asked)).status_code == 404, act
        headers = {"X-Csrf-Token": csrf}
        assert (await client.post(f"/api/enrolments/{OTHER}/{act}", headers=headers)).status_code == 404, act
    assert await walks.running(HomeId(OTHER)) == test, "nobody of another district ended it"


async def test_the_messages_of_a_gateway_are_taken_out_only_after_a_step_up(client: httpx.AsyncClient) -> None:
    step = await client.get(f"/engineer/homes/{OWN}/messages.ndjson")
    assert step.status_code == 303 and step.headers["location"].startswith("/step-up?next=/engineer/homes/")


async def test_a_supervisor_gives_a_token_for_no_more_than_they_see(house: Centre, client: httpx.AsyncClient) -> None:
    await step_up(client)
    page = (await client.get("/sup/tokens")).text
    assert 'value="매화동"' in page and "죽림동" not in page
    asked = {"csrf": await csrf_of(client), "token_id": "dong", "name": "동 주민센터", "scope": "homes:read"}
    asked |= {"days": "30", "per_minute": "60"}
    for districts in ([], ["죽림동"], ["매화동", "죽림동"]):
        refused = await client.post("/sup/tokens", data={**asked, "district": districts})
        assert refused.status_code == 422 and "자신이 맡은 지역" in refused.text, districts
    assert (await client.post("/sup/tokens", data={**asked, "district": ["매화동"]})).status_code == 200


async def test_a_number_that_is_no_number_is_no_page_and_no_visit(client: httpx.AsyncClient) -> None:
    assert (await client.get("/engineer/devices?page=²")).status_code == 200
    assert (await client.post("/engineer/jobs/²/end", data={"csrf": await csrf_of(client)})).status_code == 410


async def _resolved(house: Centre, home: str) -> None:
    alert = await house.found(a_finding(home))
    outcome = Outcome(code=OutcomeCode.FALL_INJURED, resolved_by=ResolvedBy.OPERATOR)
    await house.apply(
        Resolve(
            alert_id=alert.alert_id,
            operator=NAME,
            version=alert.version,
            outcome=outcome.code,
            resolved_by=outcome.resolved_by,
        )
    )
