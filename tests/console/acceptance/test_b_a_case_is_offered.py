"""A case goes to a colleague by their own yes; whoever says nothing leaves it with its giver."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from psycopg.conninfo import make_conninfo

from alerts.events import Acknowledge, PassOn
from alerts.reasons import Reason
from console.board.feeding.notices import Facts, Kind, notices_of
from console.board.offering.offer import Ended, Offer, concerning
from console.board.offering.postgres import TOLD_SECONDS, Offers
from console.roles import Role
from contracts import AlertId
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres, Secret
from tests.console.building import KO, NOON, a_finding
from tests.console.entry.people import as_one, with_account
from tests.console.running import NAME, Centre, centre, signed_in, token_of, with_street

COLLEAGUE, THIRD = "박도윤", "서하은"
OFFER = Offer(offer_id=1, alert_id=AlertId("a1"), giver=NAME, taker=COLLEAGUE, ends_at=NOON + timedelta(seconds=60))


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


def test_b_both_are_told_how_an_offer_went_and_nobody_else() -> None:
    for reader, ended, said in (
        (COLLEAGUE, None, f"{NAME} 님이 사건을 넘기려 합니다"),
        (NAME, Ended.ACCEPTED, f"{COLLEAGUE} 님이 사건을 받았습니다"),
        (NAME, Ended.DECLINED, f"{COLLEAGUE} 님이 거절했습니다 — 계속 내 담당입니다"),
        (NAME, Ended.LAPSED, f"{COLLEAGUE} 님이 받지 않았습니다 — 계속 내 담당입니다"),
        (COLLEAGUE, Ended.LAPSED, f"{NAME} 님의 넘기기가 끝났습니다"),
    ):
        before = Facts(offers=() if ended is None else (OFFER,))
        now = Facts(offers=(replace(OFFER, ended=ended),))
        (told,) = notices_of(before, now, KO, reader=reader)
        assert (told.kind, told.text) == (Kind.HANDOVER, said)
        assert not notices_of(before, now, KO, reader=THIRD) and not notices_of(now, now, KO, reader=reader)
    assert not concerning([OFFER], THIRD) and not concerning([replace(OFFER, ended=Ended.LAPSED)], NAME)


async def a_case_of_mine(house: Centre, home: str = "h-0001") -> AlertId:
    alert = await house.found(a_finding(home))
    await house.apply(Acknowledge(alert_id=alert.alert_id, operator=NAME, version=alert.version))
    return alert.alert_id


async def gives(client: httpx.AsyncClient, house: Centre, alert_id: AlertId) -> httpx.Response:
    alert = await house.store.alert(alert_id)
    assert alert is not None
    fields = {"csrf": await token_of(client), "version": str(alert.version), "colleague": COLLEAGUE}
    return await client.post(f"/alerts/{alert_id}/pass-on", data=fields, headers={"X-Script": "1"})


async def answers(client: httpx.AsyncClient, alert_id: AlertId, answer: str) -> httpx.Response:
    fields = {"csrf": await token_of(client)}
    return await client.post(f"/alerts/{alert_id}/offer/{answer}", data=fields, headers={"X-Script": "1"})


async def owner(house: Centre, alert_id: AlertId) -> str | None:
    alert = await house.store.alert(alert_id)
    return alert.owner if alert else None


@pytest.mark.door
async def test_b_a_case_goes_over_by_the_colleagues_yes_alone(house: Centre) -> None:
    for name in (COLLEAGUE, THIRD):
        await with_account(house.pool, name, Role.OPERATOR)
    alert_id = await a_case_of_mine(house)
    async with signed_in(house.url) as mine, as_one(house, COLLEAGUE) as theirs, as_one(house, THIRD) as third:
        await theirs.get("/")
        assert (await gives(mine, house, alert_id)).status_code == 204
        assert await owner(house, alert_id) == NAME, "the giver's until the yes"
        assert (await gives(mine, house, alert_id)).status_code == 409
        assert f"{NAME} 님이 이 사건을 넘기려 합니다" in (await theirs.get("/")).text
        assert "그때까지 내 담당" in (await mine.get("/")).text
        # Neither the giver nor a third says yes in their place.
        assert (await answers(mine, alert_id, "accept")).status_code == 410
        assert (await answers(third, alert_id, "accept")).status_code == 410
        assert (await answers(theirs, alert_id, "decline")).status_code == 204
        assert await owner(house, alert_id) == NAME
        assert (await gives(mine, house, alert_id)).status_code == 204
        assert (await answers(mine, alert_id, "withdraw")).status_code == 204
        assert (await answers(theirs, alert_id, "accept")).status_code == 410
        assert (await gives(mine, house, alert_id)).status_code == 204
        assert (await answers(theirs, alert_id, "accept")).status_code == 204
        assert await owner(house, alert_id) == COLLEAGUE
        assert (await answers(theirs, alert_id, "accept")).status_code == 410
    lines = await house.store.timeline(alert_id)
    assert [line.by for line in lines if line.reason is Reason.PASSED_ON] == [COLLEAGUE]


@pytest.mark.door
async def test_b_what_nobody_accepts_in_time_stays_with_its_giver(house: Centre) -> None:
    await with_account(house.pool, COLLEAGUE, Role.OPERATOR)
    alert_id = await a_case_of_mine(house)
    offers = Offers(house.pool)
    assert await offers.make(alert_id, giver=NAME, taker=COLLEAGUE, seconds=0)
    async with as_one(house, COLLEAGUE) as theirs:
        assert (await answers(theirs, alert_id, "accept")).status_code == 410
    (lapsed,) = await offers.lately()
    assert lapsed.ended is Ended.LAPSED and await owner(house, alert_id) == NAME
    assert await offers.make(alert_id, giver=NAME, taker=COLLEAGUE), "it can be offered again"


@pytest.mark.door
async def test_b_offers_are_read_where_nothing_can_be_written_and_one_that_lapsed_is_told_once(
    postgres: Postgres,
) -> None:
    """A board goes on while another database takes over."""
    reading = make_conninfo(postgres.dsn.reveal(), options="-c default_transaction_read_only=on")
    async with pooled(postgres) as pool, pooled(replace(postgres, dsn=Secret(reading))) as standby:
        alert_id = AlertId("a1")
        assert await Offers(pool).make(alert_id, giver=NAME, taker=COLLEAGUE, seconds=-1)
        (lapsed,) = await Offers(standby).lately()
        assert lapsed.ended is Ended.LAPSED
        assert await Offers(pool).make(AlertId("a2"), giver=NAME, taker=COLLEAGUE, seconds=-TOLD_SECONDS - 1)
        assert await Offers(pool).make(AlertId("a2"), giver=NAME, taker=COLLEAGUE)
        assert [(one.alert_id, one.ended) for one in await Offers(standby).lately()] == [
            (alert_id, Ended.LAPSED),
            (AlertId("a2"), None),
        ]


@pytest.mark.door
async def test_b_a_yes_to_what_is_no_longer_the_givers_moves_nothing_and_nobody_is_told_that_it_did(
    house: Centre,
) -> None:
    await with_account(house.pool, COLLEAGUE, Role.OPERATOR)
    alert_id = await a_case_of_mine(house)
    offers = Offers(house.pool)
    assert await offers.make(alert_id, giver=NAME, taker=COLLEAGUE)
    await house.apply(PassOn(alert_id=alert_id, operator=NAME, to=THIRD))
    async with as_one(house, COLLEAGUE) as theirs:
        assert (await answers(theirs, alert_id, "accept")).status_code == 409
    assert await owner(house, alert_id) == THIRD
    (ended,) = await offers.lately()
    assert ended.ended is not Ended.ACCEPTED
