"""A1 and A2: each look, reveal and act leaves its line, and whoever touches the log is found out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.roles import Role
from contracts import Hazard
from runtime.settings import Kafka, Postgres
from tests.console.building import a_finding
from tests.console.entry.people import as_one, csrf_of, lines_of, step_up, with_account
from tests.console.running import NAME, Centre, centre, signed_in, token_of, with_street

pytestmark = [pytest.mark.door]


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def test_a1_each_look_reveal_and_act_leaves_its_line(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    await with_account(house.pool, "박도윤", Role.OPERATOR)
    async with as_one(house, "박도윤") as client:
        csrf = await csrf_of(client)
        for path in (f"/alerts/{alert.alert_id}", f"/alerts/{alert.alert_id}/sheet", "/unprotected", "/follow-ups"):
            assert (await client.get(path)).status_code == 200, path
        reveal = {"csrf": csrf, "what": "door"}
        refused = await client.post("/homes/h-0001/reveal", data=reveal, headers={"X-Script": "1"})
        assert refused.status_code == 403 and "2580" not in refused.text
        version = (await house.store.alert(alert.alert_id)).version  # type: ignore[union-attr]
        await client.post(f"/alerts/{alert.alert_id}/ack", data={"csrf": csrf, "version": version})
        shown = await client.post("/homes/h-0001/reveal", data=reveal, headers={"X-Script": "1"})
        assert shown.status_code == 200 and "2580" in shown.text and 'data-seconds="60"' in shown.text
    expected = {
        "alert_opened": "h-0001",
        "sheet_opened": "h-0001",
        "unprotected_listed": "unprotected",
        "follow_ups_listed": "follow-ups",
        "reveal_refused": "h-0001",
        "entry_revealed": "h-0001",
    }
    for what, subject in expected.items():
        line = (await lines_of(house.pool, what))[-1]
        assert (line.account, line.subject, line.place) == ("박도윤", subject, "127.0.0.1"), what
    for what in ("alert_opened", "sheet_opened", "entry_revealed"):
        assert (await lines_of(house.pool, what))[-1].task == alert.alert_id
    # What an operator does to an alert stands in the alert's own log, under their name.
    assert "박도윤" in {line.by for line in await house.store.timeline(alert.alert_id)}


async def test_a1_a_supervisor_says_why_and_shows_a_code_before_health_is_seen(house: Centre) -> None:
    await with_account(house.pool, "감독", Role.SUPERVISOR)
    await with_account(house.pool, "기사", Role.ENGINEER)
    async with as_one(house, "감독") as client:
        ask = {"csrf": await csrf_of(client), "what": "health", "next": "/unprotected"}
        asked = await client.post("/homes/h-0001/reveal", data=ask, headers={"X-Script": "1"})
        assert asked.status_code == 422 and 'name="why"' in asked.text
        step = await client.post("/homes/h-0001/reveal", data={**ask, "why": "민원 확인"}, headers={"X-Script": "1"})
        assert (step.status_code, step.headers["x-step-up"]) == (403, "/step-up?next=/unprotected")
        await step_up(client)
        shown = await client.post("/homes/h-0001/reveal", data={**ask, "why": "민원 확인"})
        assert shown.status_code == 200 and "인슐린" in shown.text and "url=/unprotected" in shown.text
    assert (await lines_of(house.pool, "health_revealed"))[-1].reason == "민원 확인"
    async with as_one(house, "기사") as client:
        for what in ("door", "health"):
            answer = await client.post("/homes/h-0001/reveal", data={"csrf": await csrf_of(client), "what": what})
            assert answer.status_code == 403


async def test_a2_a_change_of_the_log_is_reported_with_its_line(house: Centre) -> None:
    alert = await house.found(a_finding("h-0002", hazard=Hazard.HELP))
    async with signed_in(house.url) as client:
        await client.get(f"/alerts/{alert.alert_id}")
        await client.get("/unprotected")
        page = await client.get("/audit")
        assert page.status_code == 200 and "정상" in page.text and "사슬 검증" in page.text
        await _tamper(house, "update access_log set account = '아무개' where what = 'unprotected_listed'")
        page = await client.get("/audit")
        assert "정상" not in page.text and "2번째 줄" in page.text
        signed = await client.post("/audit/months", data={"csrf": await token_of(client), "month": "2026-01"})
        assert signed.status_code == 422 and "의견" in signed.text


async def test_a2_nobody_takes_a_line_away_through_the_program(house: Centre) -> None:
    async with signed_in(house.url) as client:
        await client.get("/unprotected")
    async with house.pool.connection() as connection:
        for statement in ("delete from access_log", "update access_log set account = ''", "truncate access_log"):
            with pytest.raises(Exception, match="only grows"):
                await connection.execute(statement.encode())


async def test_a_reader_sees_their_own_lines_or_their_area_or_all(house: Centre) -> None:
    await with_account(house.pool, "관제", Role.OPERATOR)
    dongs = dict(await _dongs(house))
    await with_account(house.pool, "선임", Role.SENIOR, districts=[dongs["h-0002"]])
    alerts = [await house.found(a_finding(home_id)) for home_id in ("h-0001", "h-0002")]
    async with signed_in(house.url) as client:
        for alert in alerts:
            await client.get(f"/alerts/{alert.alert_id}")
        assert NAME in (await client.get("/audit")).text
        found = await client.get("/audit", params={"subject": "h-0002", "what": "alert_opened", "account": NAME})
        assert found.text.count("data-line=") == 1 and "h-0001" not in found.text
        assert (await client.get("/audit", params={"until": "2026-01-01"})).text.count("data-line=") == 0
    async with as_one(house, "관제") as client:
        page = (await client.get("/audit")).text
        assert "h-0001" not in page and page.count("data-line=") == 1
    assert dongs["h-0001"] != dongs["h-0002"]
    async with as_one(house, "선임") as client:
        page = (await client.get("/audit")).text
        assert "<td>h-0002 " in page and "<td>h-0001 " not in page


async def test_an_export_wants_a_step_up_and_holds_no_formula(house: Centre) -> None:
    async with signed_in(house.url) as client:
        await client.post("/homes/h-0001/break-glass", data={"csrf": await token_of(client), "reason": "=1+1 까닭"})
        led = await client.get("/audit.csv", params={"what": "glass_broken"})
        assert led.headers["location"] == "/step-up?next=/audit.csv%3Fwhat%3Dglass_broken".replace("%3F", "%3F")
        await step_up(client)
        export = await client.get("/audit.csv", params={"what": "glass_broken"})
        assert export.content.startswith(b"\xef\xbb\xbf") and "'=1+1 까닭" in export.text
        assert "no-store" in export.headers["cache-control"]
    assert [line.task for line in await lines_of(house.pool, "audit_exported")] == ["what=glass_broken"]


async def test_a_month_is_signed_once_and_broken_glass_by_somebody_else(house: Centre) -> None:
    await with_account(house.pool, "감독", Role.SUPERVISOR)
    async with signed_in(house.url) as client:
        csrf = await token_of(client)
        assert (
            await client.post("/homes/h-0001/break-glass", data={"csrf": csrf, "reason": "짧음"})
        ).status_code == 422
        await client.post("/homes/h-0001/break-glass", data={"csrf": csrf, "reason": "이웃 구역 응원"})
        assert (await client.post("/audit/glass/1/sign", data={"csrf": csrf})).status_code == 409
        month = {"csrf": csrf, "month": "2026-01"}
        assert (await client.post("/audit/months", data=month)).status_code == 303
        assert (await client.post("/audit/months", data=month)).status_code == 409
        assert (await client.post("/audit/months", data={**month, "month": "2999-01"})).status_code == 422
    async with as_one(house, "감독") as client:
        assert "이웃 구역 응원" in (await client.get("/audit")).text
        assert (await client.post("/audit/glass/1/sign", data={"csrf": await csrf_of(client)})).status_code == 303
        assert "2026-01" in (await client.get("/audit")).text
    assert (await lines_of(house.pool, "glass_broken"))[0].reason == "이웃 구역 응원"


async def _tamper(house: Centre, statement: str) -> None:
    """Do what somebody with the database's own password could do."""
    async with house.pool.connection() as connection, connection.transaction():
        await connection.execute("alter table access_log disable trigger access_log_only_grows")
        await connection.execute(statement.encode())
        await connection.execute("alter table access_log enable trigger access_log_only_grows")


async def _dongs(house: Centre) -> list[tuple[str, str]]:
    async with house.pool.connection() as connection:
        cursor = await connection.execute("select home_id, district_id from home where home_id in ('h-0001', 'h-0002')")
        return [(f"{row[0]}", f"{row[1]}") for row in await cursor.fetchall()]
