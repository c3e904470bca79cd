"""L4 and L5 in Chromium: the lock shows no name and still sounds; sign-in works by keyboard and password manager."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.browser.pages import chromium, live, picture, sign_in
from tests.console.building import STREET, a_finding
from tests.console.entry.people import code_at
from tests.console.running import NAME, PASSWORD, Centre, centre, with_street

pytestmark = [pytest.mark.door, pytest.mark.browser]


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def test_l4_the_lock_hides_every_name_and_an_emergency_still_sounds(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    async with chromium() as context:
        page = await context.new_page()
        await sign_in(page, house.url)
        await live(page)
        await _set_pin(page, house.url)
        await page.goto(f"{house.url}/alerts/{alert.alert_id}")
        await live(page)
        await page.click("#sound")
        await page.keyboard.press("Control+KeyL")
        await expect(page.locator("#counts li[data-p='1'] b")).to_have_text("1")
        await expect(page.locator("#counts")).to_have_attribute("data-sound", "on")
        await house.found(a_finding("h-0002"))
        await expect(page.locator("#counts li[data-p='1'] b")).to_have_text("2", timeout=30_000)
        await expect(page.locator("#counts")).to_have_attribute("data-rings", "1")
        await expect(page.locator("#sound")).to_have_attribute("data-sounding", "1")
        shown = await page.content()
        assert not [home.home_id for home in STREET if home.resident.name in shown or home.address in shown]
        await page.screenshot(path=picture("lock"))
        # No other tab of this session shows more, and neither does the feed.
        for path in ("/", f"/alerts/{alert.alert_id}", "/unprotected", "/console/snapshot"):
            answer = await context.request.get(f"{house.url}{path}")
            assert "최말순" not in await answer.text(), path
        await page.fill("#pin", "1357")
        await page.keyboard.press("Enter")
        await expect(page.locator(".problem")).to_be_visible()
        await page.fill("#pin", "2580")
        await page.keyboard.press("Enter")
        await expect(page.locator("#detail h2")).to_contain_text("최말순")


async def test_l4_five_wrong_pins_end_the_session(house: Centre) -> None:
    async with chromium() as context:
        page = await context.new_page()
        await sign_in(page, house.url)
        await _set_pin(page, house.url)
        await page.keyboard.press("Control+KeyL")
        for _ in range(5):
            await expect(page.locator("#pin")).to_have_value("")
            await page.fill("#pin", "1357")
            await page.keyboard.press("Enter")
            await page.wait_for_load_state()
        await expect(page.locator("#password")).to_be_visible()


async def test_l5_sign_in_by_keyboard_alone_and_by_a_password_manager(
    tmp_path: Path, postgres: Postgres, kafka: Kafka
) -> None:
    await with_street(postgres)
    async with (
        centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_SECOND_FACTOR="required") as house,
        chromium(width=1366, height=768) as context,
    ):
        page = await context.new_page()
        await page.goto(f"{house.url}/sign-in")
        await expect(page.locator("#name")).to_be_focused()
        marks = {"#name": "username", "#password": "current-password"}
        for field, mark in marks.items():
            await expect(page.locator(field)).to_have_attribute("autocomplete", mark)
        await page.keyboard.type(NAME)
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#code")).to_be_focused()
        await expect(page.locator("#code")).to_have_attribute("autocomplete", "one-time-code")
        await expect(page.locator(".qr svg")).to_be_visible()
        await page.screenshot(path=picture("second-factor"), full_page=True)
        secret = (await page.locator("#secret").inner_text()).replace(" ", "")
        await page.keyboard.type(code_at(secret, clock.now()))
        await page.keyboard.press("Enter")
        await expect(page.locator(".papers li")).to_have_count(10)
        await page.screenshot(path=picture("paper-codes"), full_page=True)
        await page.click(".go")
        await expect(page.locator("table.qt")).to_be_visible()


async def _set_pin(page: Page, url: str) -> None:
    await page.goto(f"{url}/account")
    await page.fill("#pin", "2580")
    await page.fill("#pin-password", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator(".told")).to_be_visible()
    await page.screenshot(path=picture("account"), full_page=True)
