"""What an operator chooses to see of the board: found by a word, by section, by dong; never without what is grave."""

from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from contracts import Hazard, Severity
from homes.model import Street
from homes.postgres import HomeStore
from tests.browser.acceptance.test_b_the_live_board import of_every_kind
from tests.browser.accessible import sticks_out, violations
from tests.browser.pages import chromium, picture, sign_in
from tests.console.building import STREET, a_finding
from tests.console.running import Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]

SHOWN = "tr[data-id]:visible"
GRAVE = 4


async def with_a_number_of_their_own(house: Centre) -> None:
    silent = replace(STREET[5], resident=replace(STREET[5].resident, phone="010-0000-7788"))
    await HomeStore(house.pool).save(Street(homes=(*STREET[:5], silent, *STREET[6:])))


async def test_b_a_word_finds_rows_on_the_board_and_stands_in_no_address(house: Centre, board: Page) -> None:
    await with_a_number_of_their_own(house)
    await of_every_kind(house)
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    await expect(board.locator("tr[data-id]")).to_have_count(6)
    await board.keyboard.press("Slash")
    await expect(board.locator("#find")).to_be_focused()
    await board.keyboard.type("정옥희")
    await expect(board.locator("#found")).to_have_text("1건")
    await expect(board.locator("#filter")).to_have_text("필터로 1건 숨김")
    await expect(board.locator(SHOWN)).to_have_count(GRAVE + 1)
    await board.screenshot(path=picture("board.found.ko"))
    for theme in ("day", "night"):
        await board.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
        assert not await violations(board)
    await board.keyboard.press("Enter")
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("정옥희")
    await board.keyboard.press("Slash")
    await board.keyboard.press("Escape")
    await expect(board.locator("#filter")).to_be_hidden()
    await expect(board.locator(SHOWN)).to_have_count(6)
    await board.keyboard.press("Slash")
    # The number stands on no row: the server is asked, in a form.
    await board.keyboard.type("0000-7788")
    await expect(board.locator("#found")).to_have_text("1건")
    await expect(board.locator('[data-section="devices"] tr[data-id]:visible')).to_have_count(1)
    number = await board.locator('[data-section="devices"] tr[data-id]').get_attribute("data-number") or ""
    await board.fill("#find", number)
    await expect(board.locator("#found")).to_have_text("1건")
    await board.keyboard.press("Enter")
    await expect(board.locator("#detail .tl")).to_contain_text(number)
    assert not [url for url in asked if "7788" in url or "%EC" in url]


async def test_b_what_is_not_on_the_board_is_looked_for_everywhere(house: Centre, board: Page) -> None:
    await board.keyboard.press("Slash")
    await board.keyboard.type("배순덕")
    await expect(board.locator("#found")).to_have_text("없음")
    await board.keyboard.press("Enter")
    await expect(board.locator("#hits")).to_contain_text("배순덕")
    assert board.url == f"{house.url}/search"


async def test_b_chips_show_a_section_or_a_dong_and_fit_every_window(house: Centre, board: Page) -> None:
    await of_every_kind(house)
    await expect(board.locator("tr[data-id]")).to_have_count(6)
    await expect(board.locator(".chip[data-filter=new] b")).to_have_text("3")
    await board.click(".chip[data-filter=mine]")
    await expect(board.locator("#filter")).to_have_text("필터로 2건 숨김")
    await expect(board.locator(SHOWN)).to_have_count(GRAVE)
    await board.click(".chip[data-filter='']")
    await expect(board.locator(SHOWN)).to_have_count(6)
    await board.select_option("#dong", "죽림동")
    await expect(board.locator("#filter")).to_have_text("필터로 1건 숨김")
    await expect(board.locator('[data-section="devices"] tr[data-id]:visible')).to_have_count(1)
    for language in ("ko", "en"):
        for width in (1366, 1440, 1920, 960):
            await board.set_viewport_size({"width": width, "height": 900})
            assert not await sticks_out(board), (language, width)
            await board.screenshot(path=picture(f"board.chips.{language}.{width}"))
        assert not await violations(board)
        await board.keyboard.press("Shift+KeyL")
        await expect(board.locator("html")).not_to_have_attribute("lang", language)
        await board.select_option("#dong", "죽림동")


async def test_b_the_choice_is_made_without_a_script_too(house: Centre) -> None:
    await of_every_kind(house)
    async with chromium(javascript=False) as context:
        page = await context.new_page()
        await sign_in(page, house.url)
        await page.click(".chip[data-filter=new]")
        await expect(page.locator("#filter")).to_have_text("필터로 1건 숨김")
        await expect(page.locator(SHOWN)).to_have_count(GRAVE + 1)
        await page.select_option("#dong", "죽림동")
        await page.click(".chips noscript button")
        await expect(page.locator("#filter")).to_have_text("필터로 2건 숨김")
        await page.click("#filter")
        await expect(page.locator(SHOWN)).to_have_count(6)
        await page.fill("#find", "배순덕")
        await page.press("#find", "Enter")
        await expect(page.locator("#hits")).to_contain_text("배순덕")
        assert page.url == f"{house.url}/search"


async def test_g_an_area_of_the_map_leads_to_the_board_of_its_dong_and_back(house: Centre, board: Page) -> None:
    await of_every_kind(house)
    await board.goto(f"{house.url}/map")
    await board.click('.tile[data-dong="매화동"]')
    await expect(board.locator("#dong")).to_have_value("매화동")
    await expect(board.locator("#filter")).to_have_text("필터로 1건 숨김")
    await expect(board.locator(SHOWN)).to_have_count(GRAVE + 1)
    # What comes in elsewhere is shown when it is grave, and counted as hidden when it is not.
    caution = a_finding("h-0007", kind="inactivity", hazard=Hazard.STILLNESS, severity=Severity.CAUTION)
    await house.found(caution)
    await expect(board.locator("#filter")).to_have_text("필터로 2건 숨김", timeout=30_000)
    urgent = await house.found(a_finding("h-0008", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT))
    await expect(board.locator(f"#a-{urgent.alert_id}")).to_be_visible(timeout=30_000)
    await board.screenshot(path=picture("board.dong"))
    assert not await violations(board)
    await board.click("#filter")
    await expect(board.locator(SHOWN)).to_have_count(8)
    await expect(board.locator("#dong")).to_have_value("")
