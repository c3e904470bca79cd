"""The page of tokens in Chromium: a token is given by keyboard, fits every width, and is gone with the page."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import picture
from tests.console.running import PASSWORD, Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]


async def test_a_token_is_given_by_keyboard_and_seen_once(board: Page, house: Centre) -> None:
    await board.goto(f"{house.url}/step-up?next=/sup/tokens")
    await board.fill("#code", PASSWORD)
    await board.keyboard.press("Enter")
    await board.focus("#token_id")
    await board.keyboard.type("city-hall")
    await board.keyboard.press("Tab")
    await board.keyboard.type("시청 통합돌봄")
    await board.keyboard.press("Tab")
    await board.keyboard.press("Space")
    await board.keyboard.press("Tab")
    await board.keyboard.press("Space")
    await board.keyboard.press("Enter")
    await expect(board.locator("#given")).to_have_value("dlb_city-hall_" + await _secret(board))
    for width in (1366, 1440, 1920):
        await board.set_viewport_size({"width": width, "height": 900})
        wide = await board.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, width
    await board.screenshot(path=picture("tokens-given"), full_page=True)
    await board.goto(f"{house.url}/sup/tokens")
    await expect(board.locator("tbody th")).to_have_text("city-hall")
    await expect(board.locator("#given")).to_have_count(0)
    await board.locator("button[name=theme]").click()
    await board.screenshot(path=picture("tokens-night"), full_page=True)


async def _secret(page: Page) -> str:
    value = await page.locator("#given").input_value()
    secret = value.split("_", 2)[2]
    assert len(secret) == 43
    return secret
