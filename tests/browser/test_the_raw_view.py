"""The raw view in Chromium: it keeps itself fresh, rests when told, and runs nothing of what a gateway says."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from contracts import HeardMessage, Objection, RefusalReason
from runtime import clock
from tests.browser.pages import chromium, picture, sign_in
from tests.console.engineer.test_the_raw_view_through_its_door import record
from tests.console.running import Centre
from tests.history.things import a_heard

pytestmark = [pytest.mark.browser, pytest.mark.door]

EVIL = b"<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
NOT_JSON = Objection(reason=RefusalReason.NOT_JSON, detail="expected JSON, got 83 bytes")
LIST = "/engineer/homes/h-0001/messages"


@pytest.fixture
async def page(house: Centre) -> AsyncIterator[Page]:
    async with chromium(width=1440, height=900) as context:
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        await sign_in(page, house.url)
        yield page
        assert not faults


def some(number: int) -> HeardMessage:
    now = clock.now()
    return a_heard(f'{{"occupancy":true,"n":{number}}}'.encode(), at=now, observed_at=now - timedelta(milliseconds=240))


async def test_new_messages_come_by_themselves_and_what_is_open_stays_open(house: Centre, page: Page) -> None:
    await record(house.pool, some(1))
    await page.goto(house.url + LIST)
    await page.click(".m summary")
    await record(house.pool, some(2), offset=1)
    await expect(page.locator(".m")).to_have_count(2)
    await expect(page.locator(".m details[open]")).to_have_count(1)
    await expect(page.locator(".m").last.locator("details[open] pre")).to_contain_text('"n":1')


async def test_x2_a_paused_view_rests_and_loses_nothing(house: Centre, page: Page) -> None:
    await record(house.pool, some(0))
    await page.goto(house.url + LIST)
    await page.click("#pause")
    await record(house.pool, *(some(number) for number in range(1, 31)), offset=1)
    await expect(page.locator("#line")).to_contain_text("새 메시지 30건")
    await expect(page.locator(".m")).to_have_count(1)
    await page.keyboard.press("Enter")  # the button has the focus
    await expect(page.locator(".m")).to_have_count(31)


async def test_x1_what_a_gateway_says_is_never_run(house: Centre, page: Page) -> None:
    await record(house.pool, a_heard(EVIL, at=clock.now(), refusals=(NOT_JSON,)))
    await page.goto(house.url + LIST)
    await record(house.pool, a_heard(EVIL + b" ", at=clock.now(), refusals=(NOT_JSON,)), offset=1)
    await expect(page.locator(".m")).to_have_count(2)
    await page.locator(".m summary").first.click()
    await expect(page.locator(".m pre").first).to_contain_text("onerror")
    assert "owned" not in await page.title() and not await page.locator("#list img, #list script").count()


async def test_a_lost_line_is_told(house: Centre, page: Page) -> None:
    await page.goto(house.url + LIST)
    await page.route(f"**{LIST}", lambda route: route.abort())
    await expect(page.locator("#line")).to_have_text("연결 끊김")
    await page.unroute(f"**{LIST}")
    await expect(page.locator("#line")).to_have_text("실시간")


async def test_the_pages_are_seen_at_a_desk_and_on_a_telephone(house: Centre, page: Page) -> None:
    doubt = Objection(reason=RefusalReason.TIME_TOO_OLD, detail="seen 1 day, 2:00:00 before it arrived", kept=True)
    await record(
        house.pool, *(some(number) for number in range(3)), a_heard(EVIL, at=clock.now(), refusals=(NOT_JSON,))
    )
    await record(house.pool, a_heard(b"\xff\xfe\x00\x01" * 30, at=clock.now(), refusals=(doubt,)), offset=1)
    await record(house.pool, a_heard(b"{}", home="h-9999", at=clock.now(), stranger=True), offset=2)
    for path, name in ((LIST, "messages"), ("/engineer", "engineer")):
        await page.set_viewport_size({"width": 1440, "height": 900})
        await page.goto(house.url + path)
        await page.screenshot(path=picture(f"{name}.1440"))
        await page.set_viewport_size({"width": 390, "height": 844})
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await page.screenshot(path=picture(f"{name}.390"))


async def test_the_pages_are_walked_through_by_key(house: Centre, page: Page) -> None:
    await record(house.pool, some(1))
    await page.goto(house.url + LIST)
    reached: list[str] = []
    for _ in range(16):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    for place in ("본문으로", "pause", "거부만 보기", "NDJSON", "원문"):
        assert any(one.startswith(place) for one in reached), reached
