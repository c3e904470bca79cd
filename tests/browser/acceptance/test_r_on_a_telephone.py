"""R5 to R10: the responder's page on a telephone, with and without a line, with and without a script."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from alerts.links import make_token
from alerts.model import Alert, VisitStage
from contracts import AlertChangeKind
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.browser.pages import CHROMIUM, chromium, live, picture, sign_in
from tests.console.building import CARER, a_finding
from tests.console.running import SECRET, Centre, centre, with_street
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.door]


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_CENTRE_PHONE="02-000-0000") as running:
        yield running


def link(house: Centre, alert: Alert) -> str:
    return f"{house.url}/r/" + make_token(SECRET, alert.alert_id, CARER.responder_id, clock.now() + timedelta(hours=4))


async def kept_by_the_worker(page: Page) -> None:
    """Wait until the worker serves the page; only then does it stay readable without a line."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.reload()
    served = "Boolean(navigator.serviceWorker.controller)"
    await until(lambda: page.evaluate(served), within=30, what="the worker serves the page")
    await page.reload()


async def test_r5_arrived_without_a_line_waits_and_is_sent_once_with_its_time(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium(width=390, height=844) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        await page.click("button.big")
        await expect(page.locator(".pl")).to_contain_text("은하빌라")
        await kept_by_the_worker(page)
        await context.set_offline(offline=True)
        await page.reload()
        # The last page is there, from the telephone itself.
        await expect(page.locator(".pl")).to_contain_text("은하빌라")
        pressed_at = clock.now()
        await page.click("button[formaction$=arrived]")
        await expect(page.locator("#queue")).to_contain_text("전송 대기 1건")
        await page.screenshot(path=picture("responder.offline.390"))
        await context.set_offline(offline=False)
        await expect(page.locator("#queue")).to_contain_text("전송됨", timeout=30_000)
        await expect(page.locator(".bx").filter(has_text="2580")).to_be_visible()
    log = await house.store.timeline(alert.alert_id)
    assert [line.change for line in log].count(AlertChangeKind.ARRIVED) == 1
    seen = await house.store.alert(alert.alert_id)
    assert seen is not None and seen.visits[0].arrived_at is not None
    assert abs(seen.visits[0].arrived_at - pressed_at) < timedelta(seconds=10)


async def test_r5_what_the_telephone_kept_is_wiped_when_the_link_is_over(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium(width=390, height=844) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        await page.click("button.big")
        await kept_by_the_worker(page)
        kept = "caches.open('dolbom-facts').then((facts) => facts.keys()).then((keys) => keys.length)"
        assert await page.evaluate(kept) == 1
        async with house.pool.connection() as connection:
            await connection.execute("update alert set state = 'resolved', resolved_at = now(), due_at = null")
        await page.reload()
        await expect(page.locator("h1")).to_have_text("이 요청은 끝났습니다")
        assert await page.evaluate(kept) == 0


async def test_r5_what_the_telephone_keeps_goes_with_each_press(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium(width=390, height=844) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        await page.click("button.big")
        await kept_by_the_worker(page)
        kept = (
            "caches.open('dolbom-facts').then(async (facts) => (await Promise.all("
            "(await facts.keys()).map(async (key) => (await facts.match(key)).text()))).join())"
        )
        await page.click("button[formaction$=arrived]")
        await expect(page.locator("body[data-stage=arrived]")).to_be_visible()
        assert "2580" in await page.evaluate(kept), "the way in can be read without a line"
        await page.click("button.big")
        await page.check("input[value=safe]")
        await page.click("button.big")
        await expect(page.locator("h1")).to_have_text("수고하셨습니다")
        left = await page.evaluate(kept)
        assert not any(fact in left for fact in ("2580", "은하빌라", "이순자")), "whoever left keeps nothing"


async def test_r5_presses_are_told_in_the_order_in_which_they_were_made(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium(width=390, height=844) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        await page.click("button.big")
        await expect(page.locator("body[data-stage=going]")).to_be_visible()
        # A press without a line, as the page keeps it; the next comes before the queue looks by itself.
        waits = "(url) => import('/static/field-queue.js').then((queue) => queue.wait({url, body: 'key=k-1'}))"
        await page.evaluate(waits, page.url + "/enroute")
        await page.click("button[formaction$=arrived]")
        await expect(page.locator("body[data-stage=arrived]")).to_be_visible()
    order = [line.change for line in await house.store.timeline(alert.alert_id)]
    assert order.index(AlertChangeKind.EN_ROUTE) < order.index(AlertChangeKind.ARRIVED)


@pytest.mark.parametrize("width", [320, 390])
async def test_r6_r10_a_thumb_reaches_everything_and_nothing_sticks_out(house: Centre, width: int) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium(width=width, height=844) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        for stage in ("offer", "going", "en_route", "arrived", "entered"):
            await expect(page.locator(f"body[data-stage={stage}]")).to_be_visible()
            await page.screenshot(path=picture(f"responder.{stage}.{width}"), full_page=True)
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            box = await page.locator(".ft .big").bounding_box()
            assert box is not None and box["height"] >= 72 and box["y"] >= 844 * 0.4
            for button in await page.locator(".ft .sec:visible").all():
                size = await button.bounding_box()
                assert size is not None and size["height"] >= 56
            if stage == "entered":
                break
            await page.click("button.big")


async def test_r6_text_twice_as_large_still_fits(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    # A telephone's text at 200 % is a page of half the width.
    async with chromium(width=195, height=422) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        await expect(page.locator("button.big")).to_be_visible()
        await page.screenshot(path=picture("responder.offer.twice"), full_page=True)
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_r7_the_whole_way_without_a_script(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium(width=390, height=844, javascript=False) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        for stage in ("offer", "going", "en_route", "arrived", "entered"):
            await expect(page.locator(f"body[data-stage={stage}]")).to_be_visible()
            if stage == "entered":
                await page.check("input[value=helped]")
            await page.click("button.big")
        await expect(page.locator("h1")).to_have_text("수고하셨습니다")


async def test_r7_a_no_without_a_script_takes_two_taps_and_calls_the_next(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium(width=390, height=844, javascript=False) as context:
        page = await context.new_page()
        await page.goto(link(house, alert))
        await page.click(".no summary")
        await page.screenshot(path=picture("responder.no.390"))
        await page.click(".no button[value=working]")
        await expect(page.locator("body[data-stage=declined]")).to_be_visible()
    log = await house.store.timeline(alert.alert_id)
    assert [line.text for line in log if line.change is AlertChangeKind.DECLINED] == ["working"]


async def test_r8_a_push_shows_a_notification_with_yes_and_no(house: Centre, tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip("the notification was not seen: Debian's package `chromium` is not installed")
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            headless=True,
            args=["--no-sandbox", "--disable-gpu"],
            permissions=["notifications"],
        )
        await context.grant_permissions(["notifications"], origin=house.url)
        page = context.pages[0]
        session = await context.new_cdp_session(page)
        registered: list[str] = []
        session.on("ServiceWorker.workerRegistrationUpdated", lambda said: registered.extend(_ids(said)))
        await session.send("ServiceWorker.enable")
        await page.goto(link(house, alert))
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await until(lambda: bool(registered), within=30, what="the worker is registered")
        said = {"title": "긴급", "text": "매화동", "link": link(house, alert), "asks": True, "urgent": True, "key": "k"}
        push = {"origin": house.url, "registrationId": registered[-1], "data": json.dumps(said)}
        shown = "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.length)"

        async def pushed() -> bool:
            # A busy browser drops a push now and then; a repeat replaces what is shown.
            await session.send("ServiceWorker.deliverPushMessage", push)
            return bool(await page.evaluate(shown))

        await until(pushed, within=30, what="the notification is shown")
        first = (
            "navigator.serviceWorker.ready.then((one) => one.getNotifications())"
            ".then(([one]) => ({title: one.title, body: one.body, actions: one.actions.map((each) => each.action)}))"
        )
        assert await page.evaluate(first) == {"title": "긴급", "body": "매화동", "actions": ["accept", "decline"]}
        await context.close()
    seen = await house.store.alert(alert.alert_id)
    assert seen is not None and not seen.visits


async def test_r9_the_board_shows_a_yes_and_an_arrival_within_a_second(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004", since=clock.now()))
    async with chromium() as desk, chromium(width=390, height=844) as pocket:
        board, phone = await desk.new_page(), await pocket.new_page()
        await sign_in(board, house.url)
        await live(board)
        await phone.goto(link(house, alert))
        row = board.locator(f"#a-{alert.alert_id}")
        await expect(row).to_be_visible()
        await phone.click("button.big")
        await expect(phone.locator("body[data-stage=going]")).to_be_visible()
        # A second on a quiet machine: the feed's delay is measured by `make bench`; here it must come by itself.
        await expect(row).to_contain_text(CARER.name, timeout=60_000)
        await phone.click("button[formaction$=arrived]")
        await expect(row).to_contain_text("도착", timeout=60_000)
    seen = await house.store.alert(alert.alert_id)
    assert seen is not None and seen.visits[0].stage is VisitStage.ARRIVED


def _ids(said: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["registrationId"] for one in said["registrations"]]
