"""H: one day of a home, the page on paper, and the head in both languages, as Chromium shows them."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from console.homes.raster import midnight
from console.spans import ZONE
from contracts import Hazard, Hold, HoldKind, HomeId, Severity
from homes.postgres import HomeStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.browser.acceptance.test_h_home_page_in_chromium import HOME, enter
from tests.browser.pages import chromium, picture
from tests.console.building import a_finding
from tests.console.homes.living import a_life, a_lived_in_home, beats, put
from tests.console.reports.making import told_by
from tests.console.running import Centre, centre, with_street

pytestmark = [pytest.mark.door, pytest.mark.browser]
#: What an A4 page holds between its margins, in pixels of CSS.
BETWEEN_MARGINS = 186 / 25.4 * 96


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    """Yesterday: nobody could see from 09:00 to 12:00, and somebody was out from 15:00 to 18:00."""
    await with_street(postgres, [a_lived_in_home(HOME)])
    async with centre(tmp_path, postgres, kafka) as running:
        now = clock.now()
        begin = midnight(now.astimezone(ZONE).date() - timedelta(days=1), ZONE)
        gap = (begin + timedelta(hours=9), begin + timedelta(hours=12))
        lived = a_life(HOME, now - timedelta(minutes=43))
        told = [one for one in lived if not gap[0] <= one.observed_at < gap[1]]
        await put(running.pool, [*told, *beats(HOME, now - timedelta(days=30), now, gaps=[gap])])
        away = Hold(kind=HoldKind.AWAY, from_at=begin + timedelta(hours=15), until_at=begin + timedelta(hours=18))
        await HomeStore(running.pool).add_hold(HomeId(HOME), away)
        await running.found(
            a_finding(HOME, kind="bathroom", hazard=Hazard.STILLNESS, severity=Severity.URGENT, since=now)
        )
        yield running


async def test_h_a_day_shows_what_was_seen_what_was_not_and_leads_to_its_neighbours(house: Centre) -> None:
    today = clock.now().astimezone(ZONE).date()
    yesterday = today - timedelta(days=1)
    async with chromium(width=1440, height=1200) as context:
        page = await context.new_page()
        await enter(house, page, f"/homes/{HOME}")
        await page.goto(f"{house.url}/homes/{HOME}?tab=activity&day={yesterday}")
        card = page.locator("#day")
        await expect(card).to_have_attribute("data-day", yesterday.isoformat())
        rooms = {await rect.get_attribute("data-room") for rect in await card.locator("rect[data-room]").all()}
        assert len(rooms) >= 3
        for look, first, last in (("unseen", 36, 48), ("held", 60, 72)):
            runs = [
                (
                    await rect.get_attribute("data-room"),
                    await rect.get_attribute("data-b"),
                    await rect.get_attribute("data-n"),
                )
                for rect in await card.locator(f'rect[data-v="{look}"]').all()
            ]
            assert set(runs) == {(room, str(first), str(last - first)) for room in rooms}
        await expect(card.locator("[data-hold=away]")).to_be_visible()
        await expect(card.locator("[data-alert]")).to_have_count(0)
        await expect(card.locator(".nowline")).to_have_count(0)
        await page.screenshot(path=picture("home-one-day-ko"), full_page=True)
        await card.locator("a[rel=next]").click()
        await expect(card).to_have_attribute("data-day", today.isoformat())
        await expect(card.locator("a[rel=next]")).to_have_count(0)
        await expect(card.locator("[data-alert]")).to_have_count(1)
        await expect(card.locator(".nowline")).to_have_count(1)
        await card.locator("a[rel=prev]").click()
        await expect(card).to_have_attribute("data-day", yesterday.isoformat())
        for other in ("2020-01-01", f"{today + timedelta(days=1)}", "yesterday"):
            await page.goto(f"{house.url}/homes/{HOME}?tab=activity&day={other}")
            await expect(card).to_have_count(0)
            await expect(page.locator("#rooms")).to_be_visible()


async def test_h_on_paper_the_page_is_a4_without_rail_and_buttons(house: Centre, tmp_path: Path) -> None:
    async with chromium(width=1440, height=1200) as context:
        page = await context.new_page()
        await enter(house, page)
        await page.emulate_media(media="print")
        for gone in (".rail", ".top", ".tabs", "a.tb", "button.tb"):
            assert not await page.locator(f"{gone}:visible").count(), gone
        # What is wider than an A4 page between its margins would be cut off.
        await page.set_viewport_size({"width": round(BETWEEN_MARGINS), "height": 1000})
        widest = await page.evaluate(
            "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().right))"
        )
        assert widest <= BETWEEN_MARGINS + 1
        paper = await page.pdf(prefer_css_page_size=True, print_background=True)
        picture("home-paper").with_suffix(".pdf").write_bytes(paper)
        told = told_by("pdfinfo", paper, tmp_path)
        assert int(re.findall(r"Pages:\s+(\d+)", told)[0]) <= 3
        assert "(A4)" in told
        said = told_by("pdftotext", paper, tmp_path)
        assert "이순자" in said
        assert "인쇄" not in said


async def test_h_the_heads_buttons_stand_on_one_line_in_both_languages(house: Centre) -> None:
    async with chromium(width=1440, height=900) as context:
        page = await context.new_page()
        await enter(house, page)
        for language in ("ko", "en"):
            await expect(page.locator("html")).to_have_attribute("lang", language)
            tops = await page.evaluate(
                "[...document.querySelectorAll('.head .acts .tb')].filter((one) => one.offsetParent)"
                ".map((one) => Math.round(one.getBoundingClientRect().top))"
            )
            assert len(tops) >= 4
            assert len(set(tops)) == 1, (language, tops)
            await page.locator(".head").screenshot(path=picture(f"home-head-{language}"))
            if language == "ko":
                await page.click("button[name=language]")
