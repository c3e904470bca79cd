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
from tests.browser.pages import chromium, picture, sign_in
from tests.console.building import a_finding
from tests.console.homes.living import a_life, a_lived_in_home, beats, put
from tests.console.running import Centre, centre, with_street

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


async def the_page(house: Centre, page: Page) -> None:
    await sign_in(page, house.url)
    await page.goto(f"{house.url}/homes/{HOME}")
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
        for width in (1366, 1440, 1920):
            await page.set_viewport_size({"width": width, "height": 1000})
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
