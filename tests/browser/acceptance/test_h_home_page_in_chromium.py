"""H: the home page as a browser shows it, by day and by night, in both languages."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from console.homes.raster import since_of
from console.spans import ZONE
from contracts import Hazard, Hold, HoldKind, HomeId, Severity
from homes.postgres import HomeStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.browser.pages import chromium, picture
from tests.console.building import a_finding
from tests.console.homes.living import a_life, a_lived_in_home, beats, put
from tests.console.running import NAME, PASSWORD, Centre, centre, with_street

pytestmark = [pytest.mark.door, pytest.mark.browser]
HOME = "h-0004"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres, [a_lived_in_home(HOME)])
    async with centre(tmp_path, postgres, kafka) as running:
        now = clock.now()
        gap = (since_of(now, ZONE) + timedelta(days=17, hours=7), since_of(now, ZONE) + timedelta(days=17, hours=18))
        told = [one for one in a_life(HOME, now - timedelta(minutes=43)) if not gap[0] <= one.observed_at < gap[1]]
        await put(running.pool, [*told, *beats(HOME, now - timedelta(days=30), now, gaps=[gap])])
        away = Hold(
            kind=HoldKind.AWAY, from_at=now - timedelta(days=19), until_at=now - timedelta(days=17, hours=now.hour)
        )
        await HomeStore(running.pool).add_hold(HomeId(HOME), away)
        await running.found(
            a_finding(HOME, kind="bathroom", hazard=Hazard.STILLNESS, severity=Severity.URGENT, since=now)
        )
        yield running


async def enter(house: Centre, page: Page, path: str = f"/homes/{HOME}") -> None:
    """Sign in and go where the page was asked for, as from a bookmark."""
    await page.goto(f"{house.url}/sign-in?next={path}")
    await page.fill("#name", NAME)
    await page.fill("#password", PASSWORD)
    await page.click("button.main")
    await page.wait_for_url(f"**{path}")


async def the_page(house: Centre, page: Page) -> None:
    await enter(house, page)
    await expect(page.locator("svg.raster")).to_be_visible()


async def test_h_the_page_is_whole_by_day_and_night_and_in_both_languages(house: Centre) -> None:
    async with chromium(width=1440, height=1200) as context:
        page = await context.new_page()
        await the_page(house, page)
        await page.reload()
        await expect(page.locator("#limit svg.curve")).to_be_visible()
        await page.screenshot(path=picture("home-day-ko"), full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.click("button[name=theme]")
        await page.screenshot(path=picture("home-night-ko"), full_page=True)
        await page.click("button[name=language]")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await page.screenshot(path=picture("home-night-en"), full_page=True)
        for tab in ("settings", "people", "history", "sensors", "activity"):
            await page.goto(f"{house.url}/homes/{HOME}?tab={tab}")
            tallest = await page.evaluate(
                "[...document.querySelectorAll('main *')].map(e => [Math.round(e.getBoundingClientRect().bottom),"
                " e.tagName + '.' + e.className]).sort((a, b) => b[0] - a[0])[0]"
            )
            height = await page.evaluate("document.documentElement.scrollHeight")
            assert height < 3000, (tab, height, tallest)
        await page.goto(f"{house.url}/homes/{HOME}")
        for width in (1366, 1440, 1920):
            await page.set_viewport_size({"width": width, "height": 1000})
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_h5_a_card_whose_endpoint_fails_says_so_and_the_others_live(house: Centre) -> None:
    async with chromium(width=1440, height=1200) as context:
        page = await context.new_page()
        await page.clock.install()
        await enter(house, page, "/homes")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
        await page.route("**/devices", lambda route: route.fulfill(status=500, body="<main>no</main>"))
        await page.goto(f"{house.url}/homes/{HOME}")
        await page.clock.fast_forward(16_000)
        await expect(page.locator("#sensors .failed")).to_contain_text("이 부분을 불러오지 못했습니다")
        await expect(page.locator("#facts .now4")).to_be_visible()
        await expect(page.locator("#facts .failed")).to_have_count(0)
        assert {"now", "devices"} <= set(asked)
        await page.unroute("**/devices")
        await page.click("#sensors .failed a")
        await expect(page.locator("#sensors .failed")).to_have_count(0)
        await expect(page.locator("#sensors tbody tr")).to_have_count(5)


async def test_h_without_a_script_every_tab_and_the_table_can_be_read(house: Centre) -> None:
    async with chromium(width=1366, height=900, javascript=False) as context:
        page = await context.new_page()
        await enter(house, page)
        for tab, card in (
            ("활동", "#days"),
            ("센서", "#sensors"),
            ("이력", "#past"),
            ("연락처·출입", "#contacts"),
            ("설정", "#plan"),
        ):
            await page.get_by_role("navigation", name="가구 보기").get_by_role("link", name=tab, exact=True).click()
            await expect(page.locator(card)).to_be_visible()
        await page.fill("#holds input[name=reason]", "딸 집 방문")
        await page.click("#holds button.pr")
        await expect(page.locator(".held-now")).to_contain_text("외출 중")
        box = await page.locator("html").bounding_box()
        assert box
        assert box["height"] < 3000
        # Of a page without a script Chromium tells no height for a picture of the whole.
        await page.screenshot(path=picture("home-settings-ko"))


async def test_h_the_list_the_map_and_the_search_are_seen(house: Centre) -> None:
    async with chromium(width=1440, height=900) as context:
        page = await context.new_page()
        await enter(house, page, "/homes")
        for path, name, part in (
            ("/homes", "homes", "table.homes"),
            ("/map", "map", "ul.tiles"),
            ("/search", "search", "form.hq"),
        ):
            await page.goto(f"{house.url}{path}")
            await expect(page.locator(part)).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            await page.screenshot(path=picture(f"{name}-day-ko"), full_page=True)
        await page.fill("input[name=q]", "이순자")
        await page.keyboard.press("Enter")
        await expect(page.locator("#found-homes a")).to_have_text("이순자")
        assert "이순자" not in page.url
        assert "%" not in page.url
        await page.goto(f"{house.url}/map")
        tile = page.locator('[data-dong="매화동"].tile')
        row = page.locator('tr[data-dong="매화동"] td')
        assert "위험 1" in (await tile.get_attribute("aria-label") or "")
        assert [cell.strip() for cell in await row.all_inner_texts()] == ["1", "", "1", "", "", "", ""]
