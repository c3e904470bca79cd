"""The roster through the door: who may change it, two who change it at once, its calendar by session and by link."""

import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from console.chain import Look
from console.postgres import ConsoleStore
from contracts import ResponderId
from homes.model import Hours, Policy, PolicyStep, Responder, ResponderKind, Roster, Rotation, Street
from homes.planning.postgres import PlanStore
from homes.postgres import HomeStore
from runtime.settings import Kafka, Postgres
from tests.console.acceptance.test_b15_a_shift_changes_hands import NEXT, add_account, the_next
from tests.console.acceptance.test_b15_a_shift_changes_hands import SECRET as WORD
from tests.console.building import STREET
from tests.console.running import Centre, browser_of, centre, signed_in, with_street

pytestmark = pytest.mark.door
SEO = Responder(responder_id=ResponderId("guard-seo"), name="서동희", kind=ResponderKind.GUARD)


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_SECOND_FACTOR="off") as running:
        turns = Rotation(responders=(SEO.responder_id,), from_day=date(2026, 1, 5), hours=(Hours(until_minute=2 * 60),))
        roster = Roster(roster_id="guards", name="순찰", rotations=(turns,))
        policy = Policy(
            policy_id=STREET[0].policy.policy_id,
            name="usual",
            steps=(PolicyStep(after_seconds=60, rosters=("guards",)),),
        )
        await HomeStore(running.pool).save(Street(policies=(policy,), responders=(SEO,), rosters=(roster,)))
        yield running


async def form_on(client: httpx.AsyncClient, **more: str) -> dict[str, str]:
    page = (await client.get("/sup/roster")).text
    said = {
        name: found[1] for name in ("csrf", "mark") if (found := re.search(rf'name="{name}" value="([^"]+)"', page))
    }
    return {**said, **more}


STAND_IN = {"from_at": "2026-12-24T02:00", "until_at": "2026-12-24T06:00", "person_1": "guard-seo"}


async def test_o1_gaps_stand_on_top_and_on_the_board_and_whoever_may_not_edit_sees_no_form(house: Centre) -> None:
    await add_account(house, NEXT, WORD, "operator")
    async with signed_in(house.url) as client, the_next(house.url) as reader:
        page = (await client.get("/sup/roster")).text
        assert page.index('id="gaps"') < page.index('class="tbl grid"') and "공백" in page
        assert 'id="roster-gaps"' in (await client.get("/")).text
        seen = (await reader.get("/sup/roster")).text
        assert 'id="gaps"' in seen and "/sup/roster/guards/override" not in seen
        refused = await reader.post("/sup/roster/guards/override", data=await form_on(client, **STAND_IN))
        assert refused.status_code == 403
    (roster,) = await PlanStore(house.pool).rosters()
    assert not roster.overrides


async def test_two_who_change_a_roster_at_once_do_not_write_over_each_other(house: Centre) -> None:
    async with signed_in(house.url) as client:
        form = await form_on(client, **STAND_IN)
        assert (await client.post("/sup/roster/guards/override", data=form)).status_code == 303
        late = await client.post("/sup/roster/guards/override", data=form)
        assert late.status_code == 422 and "그 사이" in late.text
        wrong = await client.post("/sup/roster/guards/override", data=await form_on(client))
        assert wrong.status_code == 422 and "31일" in wrong.text
        assert (await client.post("/sup/roster/guards/burn", data=await form_on(client))).status_code == 404
        new = await form_on(client, roster_id="days", name="주간")
        assert (await client.post("/sup/roster", data=new)).status_code == 303
        assert "이미 있습니다" in (await client.post("/sup/roster", data=new)).text
        assert "붙임표" in (await client.post("/sup/roster", data=new | {"roster_id": "Nope!"})).text
    rosters = {one.roster_id: one for one in await PlanStore(house.pool).rosters()}
    assert len(rosters["guards"].overrides) == 1 and rosters["days"].rotations == ()
    on_duty = await HomeStore(house.pool).on_duty(rosters["guards"].overrides[0].from_at)
    assert [one.name for one in on_duty["guards"]] == ["서동희"], "the alerts service reads it as well"
    looks = [line.subject for line in await ConsoleStore(house.pool).access_lines() if line.what == Look.ROSTER_CHANGED]
    assert looks == ["guards", "days"]


async def test_a_calendar_is_read_by_a_link_until_it_is_taken_back(house: Centre) -> None:
    async with signed_in(house.url) as client, browser_of(house.url) as stranger:
        mine = await client.get("/sup/roster/guards.ics")
        assert mine.headers["content-type"].startswith("text/calendar") and "SUMMARY:서동희" in mine.text
        assert (await client.get("/sup/roster/none.ics")).status_code == 404
        made = await client.post("/sup/roster/guards/feed", data=await form_on(client))
        found = re.search(r"/calendar/([\w-]+)\.ics", made.text)
        assert found
        link = f"/calendar/{found[1]}.ics"
        assert (await stranger.get(link)).text.count("BEGIN:VEVENT") == mine.text.count("BEGIN:VEVENT") > 0
        assert found[1] not in (await client.get("/sup/roster")).text, "it is shown once"
        await client.post("/sup/roster/guards/feed-end", data=await form_on(client))
        assert (await stranger.get(link)).status_code == 404
        assert (await stranger.get("/calendar/made-up.ics")).status_code == 404
        assert (await stranger.get("/sup/roster/guards.ics")).status_code == 303
