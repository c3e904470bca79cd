"""The supervisor's pages in Chromium: whole at every width, in both languages and themes, and used by key."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from console.reports.monthly.service import Press
from runtime import clock
from tests.browser.pages import chromium, picture
from tests.console.building import RENDERER
from tests.console.reports.making import made, ordered
from tests.console.reports.seeding import BEGINS, KINDS, MONTH, PEOPLE, Seeded, a_month_of, with_dongs, write
from tests.console.running import NAME, PASSWORD, Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]

PAGES = {
    "sup": "/sup",
    "sla": f"/sup/sla?period={MONTH}",
    "reports": "/sup/reports",
    "report": "/sup/reports/1",
    "quality": f"/sup/quality?month={MONTH}",
    "review": "/sup/quality/p1-false",
    "late": "/sup/sla/p1-late",
}


@pytest.fixture
async def page(house: Centre) -> AsyncIterator[Page]:
    homes = await with_dongs(house.pool, 5)
    steps = [("acknowledged", 9.0, PEOPLE[0])]
    await write(house.pool, a_month_of(homes, 400, random.Random(20261122)))
    await write(house.pool, [Seeded("p1-false", homes[3], KINDS[0], BEGINS + timedelta(days=9), steps, "N1")])
    late = [("acknowledged", 300.0, PEOPLE[0])]
    await write(house.pool, [Seeded("p1-late", homes[4], KINDS[0], BEGINS + timedelta(days=8), late, "E1")])
    async with chromium(width=1440, height=900) as context:
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        await page.goto(f"{house.url}/sign-in?next=/sup")
        await page.fill("#name", NAME)
        await page.fill("#password", PASSWORD)
        await page.click("button.main")
        await expect(page.locator(".rooms")).to_be_visible()
        yield page
        assert not faults


async def test_every_page_fits_in_both_languages_and_themes(house: Centre, page: Page) -> None:
    await made(house.pool, only="d-001")
    await ordered(house.pool)
    for language, theme in (("ko", "day"), ("en", "night")):
        await page.context.add_cookies(
            [
                {"name": name, "value": value, "url": house.url}
                for name, value in (("language", language), ("theme", theme))
            ]
        )
        for name, path in PAGES.items():
            await page.goto(house.url + path)
            await expect(page.locator("main")).to_be_visible()
            assert await page.locator("h1").count() == 1
            for width in (1366, 1440, 1920):
                await page.set_viewport_size({"width": width, "height": 900})
                wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (name, language, width, wide)
            await page.set_viewport_size({"width": 1440, "height": 900})
            await page.screenshot(path=picture(f"supervisor.{name}.{language}.{theme}"), full_page=True)
    await Press(house.pool, RENDERER).turn()


async def test_a_late_answer_is_explained_by_key_alone(house: Centre, page: Page) -> None:
    await page.goto(f"{house.url}/sup/sla/p1-late")
    await page.focus('input[value="overload"]')
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.type("한꺼번에 열두 건")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("table.tbl tbody tr")).to_contain_text("한꺼번에 열두 건")
    await page.goto(f"{house.url}/sup/sla?period={MONTH}")
    await expect(page.locator("table.tbl", has_text="동시 알림이 많음")).to_contain_text("한꺼번에 열두 건")


async def test_a_report_is_ordered_and_its_progress_seen(house: Centre, page: Page) -> None:
    await page.goto(f"{house.url}/sup/reports")
    await page.select_option("#month", f"{clock.now():%Y-%m}")
    await page.select_option("#audience", "outside")
    await page.click("form.judge button")
    await expect(page.locator("[role=status]")).to_contain_text("완성", timeout=90_000)
    await expect(page.locator("table.tbl tbody tr")).not_to_have_count(0)
