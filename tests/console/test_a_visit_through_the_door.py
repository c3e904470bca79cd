"""A responder's way from the offer to the outcome, through the door and without a script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from alerts.events import Resolve
from alerts.links import make_token
from alerts.model import Alert, VisitStage
from alerts.outcomes import OutcomeCode, ResolvedBy
from console.chain import Look, first_break
from console.postgres import ConsoleStore
from contracts import AlertChangeKind, AlertStage, AlertState
from homes.model import Responder, ResponderKind, Street
from homes.postgres import HomeStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import CARER, DAUGHTER, STREET, a_finding
from tests.console.running import NAME, SECRET, Centre, browser_of, centre, with_street

pytestmark = [pytest.mark.door]
PRIVATE = ("이순자", "은하빌라", "인슐린")


@dataclass(kw_only=True)
class Phone:
    """A responder's telephone, and what the database says."""

    house: Centre
    client: httpx.AsyncClient
    alert: Alert

    def link(self, who: Responder = CARER) -> str:
        return "/r/" + make_token(SECRET, self.alert.alert_id, who.responder_id, clock.now() + timedelta(hours=1))

    async def page(self, who: Responder = CARER) -> str:
        return (await self.client.get(self.link(who))).text

    async def press(self, what: str, who: Responder = CARER, **fields: str) -> httpx.Response:
        return await self.client.post(f"{self.link(who)}/{what}", data=fields)

    async def see(self) -> Alert:
        alert = await self.house.store.alert(self.alert.alert_id)
        assert alert is not None
        return alert

    async def stage_of(self, who: Responder = CARER) -> VisitStage | None:
        visits = (await self.see()).visits
        return next((visit.stage for visit in visits if visit.responder_id == who.responder_id), None)


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


@pytest.fixture
async def phone(house: Centre) -> AsyncIterator[Phone]:
    alert = await house.found(a_finding("h-0004"))
    async with browser_of(house.url) as client:
        yield Phone(house=house, client=client, alert=alert)


async def test_the_whole_way_without_a_script(phone: Phone) -> None:
    page = await phone.page()
    assert "매화동" in page and not any(fact in page for fact in PRIVATE)
    assert (await phone.press("accept")).status_code == 303
    page = await phone.page()
    assert all(fact in page for fact in PRIVATE) and "2580" not in page and "도착하면 보입니다" in page
    assert (await phone.press("enroute", minutes="20")).status_code == 303
    visit = (await phone.see()).visits[0]
    assert visit.stage is VisitStage.EN_ROUTE
    assert timedelta(minutes=19) < visit.expected_at - clock.now() <= timedelta(minutes=20)
    assert "2580" not in await phone.page()
    # Once more says that it takes longer.
    assert (await phone.press("enroute", minutes="45")).status_code == 303
    assert (await phone.see()).visits[0].expected_at > visit.expected_at
    assert (await phone.press("arrived")).status_code == 303
    assert "2580" in await phone.page()
    assert (await phone.press("entered")).status_code == 303
    assert (await phone.see()).stage is AlertStage.ENTERED
    assert (await phone.press("outcome", memo="앉아 계심")).status_code == 422
    assert (await phone.press("outcome", ending="helped", memo="앉아 계심")).status_code == 303
    assert await phone.stage_of() is VisitStage.LEFT
    page = await phone.page()
    assert "감사합니다" in page and not any(fact in page for fact in (*PRIVATE, "2580"))
    # Sent twice, it stands there once; and only an operator ends the case.
    await phone.press("outcome", ending="helped", memo="앉아 계심")
    log = await phone.house.store.timeline(phone.alert.alert_id)
    assert [line.text for line in log if line.change is AlertChangeKind.NOTED] == ["helped\n앉아 계심"]
    assert (await phone.see()).state is not AlertState.RESOLVED


async def test_looking_changes_nothing_at_any_stage(phone: Phone) -> None:
    for press in ("", "accept", "enroute", "arrived", "entered"):
        if press:
            await phone.press(press)
        before = await phone.see()
        for _ in range(3):
            assert (await phone.client.get(phone.link())).status_code == 200
            assert (await phone.client.head(phone.link())).status_code == 200
        assert await phone.see() == before


async def test_what_cannot_be_said_now_is_refused_in_a_sentence(phone: Phone) -> None:
    early = await phone.press("arrived")
    assert early.status_code == 409 and "먼저 출동을 수락" in early.text
    assert await phone.stage_of() is None
    await phone.press("accept")
    soon = await phone.press("outcome", ending="safe")
    assert soon.status_code == 409 and "지금 단계에서는" in soon.text
    await phone.press("arrived")
    back = await phone.press("enroute", minutes="5")
    assert back.status_code == 409 and "지금 단계에서는" in back.text
    no = await phone.press("decline")
    assert no.status_code == 409 and "결과를 보내" in no.text
    assert await phone.stage_of() is VisitStage.ARRIVED
    assert (await phone.press("dance")).status_code == 410


async def test_the_second_who_accepts_learns_that_somebody_goes_and_nothing_else(phone: Phone) -> None:
    await phone.press("accept")
    late = await phone.press("accept", DAUGHTER)
    assert late.status_code == 409 and "다른 출동자가 갑니다" in late.text
    assert not any(fact in late.text for fact in (*PRIVATE, "2580", "이○자"))
    # Who turns back makes room for the other.
    assert (await phone.press("decline")).status_code == 303
    assert (await phone.press("accept", DAUGHTER)).status_code == 303
    assert await phone.stage_of(DAUGHTER) is VisitStage.ACCEPTED


async def test_whoever_is_alone_in_the_home_can_say_that_they_are_well(phone: Phone) -> None:
    for press in ("accept", "arrived", "entered"):
        await phone.press(press)
    async with phone.house.pool.connection() as connection:
        await connection.execute(
            "update alert set visits = jsonb_set(visits, '{0,arrived_at}', to_jsonb(now() - interval '50 minutes'))"
        )
    assert (await phone.press("well")).status_code == 303
    assert (await phone.press("well")).status_code == 303
    log = await phone.house.store.timeline(phone.alert.alert_id)
    assert [line.change for line in log].count(AlertChangeKind.STILL_WELL) == 1
    well_at = (await phone.see()).visits[0].well_at
    assert well_at is not None and clock.now() - well_at < timedelta(minutes=1)


async def test_a_volunteer_never_learns_how_the_door_opens(phone: Phone) -> None:
    neighbour = replace(CARER, kind=ResponderKind.VOLUNTEER)
    homes = [replace(home, responders=(neighbour, DAUGHTER)) for home in STREET]
    await HomeStore(phone.house.pool).save(Street(homes=tuple(homes)))
    for press in ("accept", "enroute", "arrived", "entered"):
        assert (await phone.press(press)).status_code == 303
        page = await phone.page()
        assert "은하빌라" in page and "2580" not in page and "고혈압" not in page


async def test_every_look_is_written_down_and_the_way_in_apart(phone: Phone) -> None:
    await phone.page()
    await phone.press("accept")
    await phone.page()
    await phone.press("arrived")
    for _ in range(3):
        await phone.page()
    lines = await ConsoleStore(phone.house.pool).access_lines()
    seen = [(line.account, line.subject, line.what) for line in lines]
    looks = (Look.RESPONDER_OFFER, Look.RESPONDER_DETAILS, Look.RESPONDER_ENTRY)
    assert seen == [(CARER.responder_id, "h-0004", look) for look in looks]
    assert first_break(lines) is None


async def test_a_closed_case_shows_nothing_and_takes_nothing(phone: Phone) -> None:
    await phone.press("accept")
    alert = await phone.see()
    ended = Resolve(
        alert_id=alert.alert_id,
        operator=NAME,
        version=alert.version,
        outcome=OutcomeCode.ACCIDENTAL_PRESS,
        resolved_by=ResolvedBy.OPERATOR,
    )
    await phone.house.apply(ended)
    page = await phone.client.get(phone.link())
    assert page.status_code == 410 and not any(fact in page.text for fact in PRIVATE)
    before = await phone.see()
    assert (await phone.press("arrived")).status_code in (303, 410)
    assert await phone.see() == before


async def test_the_page_speaks_the_responders_language_or_the_one_they_choose(phone: Phone) -> None:
    assert 'lang="ko"' in await phone.page()
    await phone.client.post("/preferences", data={"language": "en", "next": phone.link()})
    page = await phone.page()
    assert 'lang="en"' in page and "Please respond" in page
    await phone.press("accept")
    assert "I am leaving" in await phone.page()
