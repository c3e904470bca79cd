"""Referrals through the door: after an alert, step by step, by district, in the log, and as a month of a dong."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx
import psycopg
import pytest

from alerts.events import Resolve
from alerts.model import Alert
from alerts.outcomes import OutcomeCode, ResolvedBy
from console.chain import Look
from console.postgres import ConsoleStore
from console.referrals.model import Act, State
from console.referrals.postgres import Asked, ReferralStore
from console.spans import ZONE
from contracts import AlertId
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import a_finding
from tests.console.entry.people import step_up
from tests.console.running import NAME, Centre, centre, signed_in, token_of, with_street

pytestmark = pytest.mark.door


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_SECOND_FACTOR="off") as running:
        yield running


async def resolved(house: Centre, home: str = "h-0001") -> Alert:
    alert = await house.found(a_finding(home))
    event = Resolve(
        alert_id=alert.alert_id,
        operator=NAME,
        version=alert.version,
        outcome=OutcomeCode.REFERRED_TO_CARE,
        resolved_by=ResolvedBy.OPERATOR,
    )
    await house.apply(event)
    return alert


async def referred(client: httpx.AsyncClient, alert_id: str, service: str = "meals") -> str:
    """Fill in the form and answer the path of the referral."""
    page = await client.get("/referrals/new", params={"alert": alert_id})
    assert page.status_code == 200, page.text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text.split("referral", 1)[1]))
    form = fields | {"service": service, "provider": "한빛 도시락", "text": "저녁만"}
    first, again = await client.post("/referrals", data=form), await client.post("/referrals", data=form)
    assert first.status_code == 303 and first.headers["location"] == again.headers["location"], first.text
    return first.headers["location"]


async def step(client: httpx.AsyncClient, path: str, act: Act, version: int, **more: str) -> httpx.Response:
    form = {"csrf": await token_of(client), "version": str(version), **more}
    return await client.post(f"{path}/{act}", data=form)


async def test_after_an_alert_is_resolved_a_resident_is_referred_and_followed_to_the_outcome(house: Centre) -> None:
    alert = await resolved(house)
    async with signed_in(house.url) as client:
        for way in (f"/alerts/{alert.alert_id}", "/follow-ups"):
            assert f"/referrals/new?alert={alert.alert_id}" in (await client.get(way)).text, way
        path = await referred(client, alert.alert_id)
        listed = (await client.get("/referrals")).text
        assert listed.count("data-referral=") == 1 and "최말순" in listed and "식사지원" in listed
        for version, act in enumerate((Act.RECEIVE, Act.BEGIN), start=1):
            assert (await step(client, path, act, version)).status_code == 303
        stale = await step(client, path, Act.CANCEL, 1, text="늦음")
        assert stale.status_code == 409 and "그 사이" in stale.text
        done = await step(client, path, Act.COMPLETE, 3, outcome="solved", satisfaction="5", text="잘 드심")
        assert done.status_code == 303
        page = (await client.get(path)).text
        assert "5 / 5" in page and "해결됨" in page and "저녁만" in page and "잘 드심" in page
        assert "data-referral=" not in (await client.get("/referrals")).text
        assert "data-referral=" in (await client.get("/referrals", params={"state": "ended"})).text
        assert (await step(client, path, Act.RECEIVE, 4)).status_code == 409
        assert (await client.get("/referrals/none")).status_code == 404
    store = ReferralStore(house.pool)
    (one,) = await store.listed(Asked(open=None, alert_id=alert.alert_id))
    assert one.state is State.COMPLETED and one.version == 4
    assert [line.version for line in await store.log(one.referral_id)] == [1, 2, 3, 4]
    looks = {(line.subject, line.what) for line in await ConsoleStore(house.pool).access_lines()}
    assert {("h-0001", Look.REFERRAL_OPENED), ("referrals", Look.REFERRALS_LISTED)} <= looks


async def test_an_open_alert_is_not_referred_yet_and_a_bad_form_keeps_what_was_written(house: Centre) -> None:
    alert = await house.found(a_finding("h-0002"))
    async with signed_in(house.url) as client:
        assert "/referrals/new" not in (await client.get(f"/alerts/{alert.alert_id}")).text
        refused = await client.get("/referrals/new", params={"alert": alert.alert_id})
        assert refused.status_code == 409 and "먼저 종결" in refused.text
        form = {"csrf": await token_of(client), "home": "h-0002", "key": "k", "provider": "한빛", "text": "적어 둔 말"}
        kept = await client.post("/referrals", data=form)
        assert kept.status_code == 422 and "서비스를 고르십시오" in kept.text and "적어 둔 말" in kept.text
        assert (await client.get("/referrals/new", params={"home": "none"})).status_code == 404
        forged = await client.post("/referrals", data=form | {"csrf": "made up"})
        assert forged.status_code == 403


async def test_whoever_has_a_district_sees_the_referrals_of_that_district_alone(house: Centre) -> None:
    mine, theirs = await resolved(house), await resolved(house, "h-0002")
    async with signed_in(house.url) as client:
        paths = [await referred(client, alert.alert_id) for alert in (mine, theirs)]
        store = ReferralStore(house.pool)
        districts = [one.district_id for one in await store.listed(Asked())]
        assert len(set(districts)) == 2
        await scoped(house, (await store.listed(Asked(alert_id=mine.alert_id)))[0].district_id)
        assert [(await client.get(path)).status_code for path in paths] == [200, 404]
        assert (await client.get("/referrals")).text.count("data-referral=") == 1
        assert (await client.get("/referrals/new", params={"alert": theirs.alert_id})).status_code == 404
        council = (await client.get("/referrals/council")).text
        assert council.count('href="/referrals/') == 1 + council.count('href="/referrals/council')


async def scoped(house: Centre, district: str) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set districts = %(of)s", {"of": [district]})


async def test_a_month_of_a_dong_is_a_page_and_a_file_and_equals_the_database(house: Centre) -> None:
    alert = await resolved(house)
    async with signed_in(house.url) as client:
        await referred(client, alert.alert_id)
        await referred(client, alert.alert_id, "urgent_gap")
        month = month_of(clock.now())
        page = (await client.get("/referrals/council", params={"month": month})).text
        assert "SOS 긴급 틈새지원" in page and 'class="sum"' in page
        counts = await client.get("/referrals/council.csv", params={"month": month})
        assert counts.content.startswith("\ufeff".encode()) and counts.headers["content-type"].startswith("text/csv")
        assert counts.text.splitlines()[-1].split(",")[1:3] == ["합계", "2"]
        asked = await client.get("/referrals/council.csv", params={"month": month, "part": "cases"})
        assert asked.status_code == 303 and asked.headers["location"].startswith("/step-up"), "a code again"
        await step_up(client)
        cases = await client.get("/referrals/council.csv", params={"month": month, "part": "cases"})
        assert "최말순" not in cases.text and cases.text.count("h-0001") == 2
        empty = (await client.get("/referrals/council", params={"month": "2020-01"})).text
        assert "해당 없음" in empty
    looks = {line.what for line in await ConsoleStore(house.pool).access_lines()}
    assert Look.REFERRALS_EXPORTED in looks


def month_of(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m}"


async def test_the_history_of_a_referral_is_not_edited(house: Centre) -> None:
    alert = await resolved(house)
    async with signed_in(house.url) as client:
        await referred(client, alert.alert_id)
    async with house.pool.connection() as connection:
        for statement in ("update referral_log set text = ''", "delete from referral_log", "truncate referral_log"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                await connection.execute(statement)
    assert await ReferralStore(house.pool).listed(Asked(alert_id=AlertId(alert.alert_id)))
