"""The pages of the way in and of the access log in both themes and languages: axe finds nothing, nothing sticks out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.browser.accessible import sticks_out, violations
from tests.browser.pages import chromium, picture
from tests.console.building import a_finding
from tests.console.entry.people import code_at
from tests.console.running import NAME, PASSWORD, Centre, centre, with_street

pytestmark = [pytest.mark.door, pytest.mark.browser, pytest.mark.timeout(300)]

_PAGES = ("/account", "/audit", "/admin", "/homes/h-0001/privacy", "/homes/h-0001/break-glass", "/step-up")


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_SECOND_FACTOR="required") as running:
        yield running


@pytest.mark.parametrize(
    ("theme", "language", "width"), [("day", "ko", 1366), ("night", "en", 1440), ("day", "ko", 390)]
)
async def test_l_axe_finds_nothing_between_password_and_board(
    house: Centre, theme: str, language: str, width: int
) -> None:
    await house.found(a_finding("h-0001"))
    faults: list[str] = []
    async with chromium(width=width, height=900) as context:
        chosen = {"theme": theme, "language": language}
        await context.add_cookies([{"name": k, "value": v, "url": house.url} for k, v in chosen.items()])
        page = await context.new_page()

        async def looked_at(name: str) -> None:
            await page.screenshot(path=picture(f"entry-{name}.{theme}.{language}.{width}"), full_page=True)
            faults.extend(f"{name}: {fault}" for fault in await violations(page))
            if await sticks_out(page):
                faults.append(f"{name}: sticks out sideways")

        await page.goto(f"{house.url}/sign-in")
        await looked_at("sign-in")
        await page.fill("#name", NAME)
        await page.fill("#password", PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#secret")).to_be_visible()
        await looked_at("enrol")
        await _enrol(page)
        await looked_at("papers")
        for path in _PAGES:
            await page.goto(house.url + path)
            await looked_at(path.strip("/").replace("/", "-"))
        await page.goto(f"{house.url}/account")
        await page.keyboard.press("Control+KeyL")
        await expect(page.locator("#counts")).to_be_visible()
        await looked_at("lock")
    assert not faults, "\n".join(faults)


async def _enrol(page: Page) -> None:
    secret = (await page.locator("#secret").inner_text()).replace(" ", "")
    await page.fill("#code", code_at(secret, clock.now()))
    await page.keyboard.press("Enter")
    await expect(page.locator(".papers li")).to_have_count(10)
