"""R1 to R4: what a responder's link does by being opened, whose it is, and what it never shows."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from alerts.links import make_token
from alerts.model import Alert, VisitStage
from alerts.web_push.keys import b64, point
from alerts.web_push.postgres import Subscriptions
from contracts import AlertChangeKind
from homes.model import Channel, Contact, Responder, Street
from homes.postgres import HomeStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.alerts.provider import Provider, provider
from tests.console.building import CARER, DAUGHTER, STREET, a_finding
from tests.console.running import SECRET, Centre, browser_of, centre, with_street

pytestmark = pytest.mark.door

NUMBER = "01000000009"
WITH_SMS = replace(CARER, contacts=(Contact(channel=Channel.SMS, address=NUMBER),))
PRIVATE = ("이순자", "은하빌라", "인슐린", "고혈압", "2580")
#: Who opens links without being asked to: previews of messengers and scanners of mail.
BOTS = ("kakaotalk-scrap/1.0", "facebookexternalhit/1.1", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0 (compatible; bot)")


def link(alert: Alert, who: Responder = CARER, *, hours: float = 1) -> str:
    return "/r/" + make_token(SECRET, alert.alert_id, who.responder_id, clock.now() + timedelta(hours=hours))


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def test_r1_twenty_looks_of_previews_change_nothing(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    before, lines = await house.store.alert(alert.alert_id), await house.store.timeline(alert.alert_id)
    async with browser_of(house.url) as phone:
        for turn in range(20):
            agent = {"User-Agent": BOTS[turn % len(BOTS)]}
            got = await phone.request("HEAD" if turn % 5 == 0 else "GET", link(alert), headers=agent)
            assert got.status_code == 200 and not got.headers.get("set-cookie")
    assert await house.store.alert(alert.alert_id) == before
    assert await house.store.timeline(alert.alert_id) == lines


async def test_r2_of_two_who_accept_one_wins_and_the_other_sees_that_somebody_goes(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    async with browser_of(house.url) as first, browser_of(house.url) as second:
        assert (await first.post(link(alert) + "/accept")).status_code == 303
        late = await second.post(link(alert, DAUGHTER) + "/accept")
    assert late.status_code == 409 and "다른 출동자가 갑니다" in late.text
    seen = await house.store.alert(alert.alert_id)
    assert seen is not None and seen.goes == CARER.responder_id


@asynccontextmanager
async def with_texts(folder: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[tuple[Centre, Provider]]:
    await with_street(postgres, [replace(home, responders=(WITH_SMS, DAUGHTER)) for home in STREET])
    async with provider(NUMBER) as gateway:
        settings = {
            "DOLBOM_ALERTS_SMS_GATEWAY": "generic-json",
            "DOLBOM_ALERTS_SMS_GATEWAY_URL": gateway.url,
            "DOLBOM_ALERTS_SMS_GATEWAY_SECRET": "a key",
            "DOLBOM_ALERTS_SMS_GATEWAY_SENDER": "15990000",
        }
        async with centre(folder, postgres, kafka, **settings) as running:
            yield running, gateway


async def test_r2_another_telephone_goes_on_only_with_the_code_that_was_sent(
    tmp_path: Path, postgres: Postgres, kafka: Kafka
) -> None:
    async with with_texts(tmp_path, postgres, kafka) as (house, gateway):
        alert = await house.found(a_finding("h-0004"))
        at = link(alert)
        async with browser_of(house.url) as own, browser_of(house.url) as other:
            await own.post(at + "/accept")
            assert "은하빌라" in (await own.get(at)).text
            page = await other.get(at)
            assert "다른 전화" in page.text and not any(fact in page.text for fact in PRIVATE)
            assert (await other.post(at + "/arrived")).status_code == 403
            assert (await other.post(at + "/code", data={"code": "000000"})).status_code == 422
            assert "번호를 보냈습니다" in (await other.post(at + "/send-code")).text
            (text,) = gateway.texts(NUMBER)
            code = re.findall(r"\d{6}", text)[-1]
            assert (await other.post(at + "/code", data={"code": code})).status_code == 303
            assert "은하빌라" in (await other.get(at)).text
            # The link has moved: what the first telephone shows now is the question.
            assert "은하빌라" not in (await own.get(at)).text


async def test_r2_codes_cannot_be_tried_out(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> None:
    async with with_texts(tmp_path, postgres, kafka) as (house, gateway):
        alert = await house.found(a_finding("h-0004"))
        at = link(alert)
        async with browser_of(house.url) as own, browser_of(house.url) as other:
            await own.post(at + "/accept")
            await other.post(at + "/send-code")
            code = re.findall(r"\d{6}", gateway.texts(NUMBER)[-1])[-1]
            for guess in range(5):
                wrong = f"{(int(code) + guess + 1) % 1_000_000:06}"
                assert (await other.post(at + "/code", data={"code": wrong})).status_code == 422
            assert (await other.post(at + "/code", data={"code": code})).status_code == 422


async def test_r2_nobody_is_kept_from_a_door_where_no_code_can_be_sent(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    async with browser_of(house.url) as own, browser_of(house.url) as other:
        await own.post(link(alert) + "/accept")
        assert "은하빌라" in (await other.get(link(alert))).text
        assert (await other.post(link(alert) + "/arrived")).status_code == 303


async def test_r2_a_link_that_was_passed_on_brings_nobody_the_pushes_to_come(house: Centre) -> None:
    alert, keys = await house.found(a_finding("h-0004")), Subscriptions(house.pool)
    point_of = b64(point(generate_private_key(SECP256R1()).public_key()))
    endpoint = "https://fcm.googleapis.com/fcm/send/x"
    wanted = {"endpoint": endpoint, "keys": {"p256dh": point_of, "auth": b64(b"x" * 16)}}
    async with browser_of(house.url) as own, browser_of(house.url) as other:
        await own.post(link(alert) + "/accept")
        assert (await other.post(link(alert) + "/push", json=wanted)).status_code == 403
        assert (await other.post(link(alert) + "/push-test")).status_code == 403
        assert not await keys.of(CARER.responder_id)
        assert (await own.post(link(alert) + "/push", json=wanted)).status_code == 200
        await keys.drop(endpoint, CARER.responder_id)
        street = [replace(home, responders=(DAUGHTER,), version=home.version) for home in STREET]
        await HomeStore(house.pool).save(Street(homes=tuple(street)))
        assert (await own.post(link(alert) + "/push", json=wanted)).status_code == 410
    assert not await keys.of(CARER.responder_id)


async def test_r3_facts_come_with_the_stage_and_the_way_in_at_the_door(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    async with browser_of(house.url) as phone:
        page = (await phone.get(link(alert))).text
        assert not any(fact in page for fact in PRIVATE) and "이○자" in page
        for press in ("accept", "enroute"):
            await phone.post(f"{link(alert)}/{press}")
            page = (await phone.get(link(alert))).text
            assert "은하빌라" in page and "고혈압" in page and "2580" not in page
        await phone.post(f"{link(alert)}/arrived")
        assert "2580" in (await phone.get(link(alert))).text


async def test_r4_a_link_that_is_over_forged_or_taken_back_shows_nothing(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    good = link(alert)
    stranger = replace(CARER, responder_id=type(CARER.responder_id)("nobody"))
    for bad in (link(alert, hours=-1), good[:-2] + "xx", "/r/none", link(alert, stranger)):
        async with browser_of(house.url) as phone:
            page = await phone.get(bad)
            assert page.status_code == 410 and not any(fact in page.text for fact in (*PRIVATE, "매화동"))
            assert (await phone.post(bad + "/accept")).status_code == 410
            assert (await phone.get(bad + "/manifest.webmanifest")).status_code in (200, 410)
    # Whoever was taken off the home's list has a link that is worth nothing.
    street = [replace(home, responders=(DAUGHTER,), version=home.version) for home in STREET]
    await HomeStore(house.pool).save(Street(homes=tuple(street)))
    async with browser_of(house.url) as phone:
        assert (await phone.get(good)).status_code == 410


async def test_r5_a_press_that_comes_twice_is_carried_out_once_and_keeps_its_time(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    said_at = clock.now()
    async with browser_of(house.url) as phone:
        await phone.post(link(alert) + "/accept", data={"key": "k-1"})
        said = {"key": "k-2", "said_at": said_at.isoformat()}
        for _ in range(3):
            assert (await phone.post(link(alert) + "/arrived", data=said)).status_code == 303
    log = await house.store.timeline(alert.alert_id)
    assert [line.change for line in log].count(AlertChangeKind.ARRIVED) == 1
    seen = await house.store.alert(alert.alert_id)
    assert seen is not None and seen.visits[0].stage is VisitStage.ARRIVED


@pytest.mark.parametrize("said_at", ["", "yesterday", "2026-01-01T00:00:00", "x" * 10_000])
async def test_r5_a_telephone_that_says_a_time_that_cannot_be_read_is_heard_all_the_same(
    house: Centre, said_at: str
) -> None:
    alert = await house.found(a_finding("h-0004"))
    async with browser_of(house.url) as phone:
        await phone.post(link(alert) + "/accept")
        answer: httpx.Response = await phone.post(link(alert) + "/arrived", data={"said_at": said_at, "key": "k" * 100})
    assert answer.status_code == 303


async def test_a_no_says_why_and_the_board_reads_it(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    async with browser_of(house.url) as phone:
        assert (await phone.post(link(alert) + "/decline", data={"why": "far"})).status_code == 303
        assert (await phone.post(link(alert, DAUGHTER) + "/decline", data={"why": "<script>"})).status_code == 303
    texts = [
        line.text for line in await house.store.timeline(alert.alert_id) if line.change is AlertChangeKind.DECLINED
    ]
    assert texts == ["far", ""]
