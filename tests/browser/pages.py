"""A headless Chromium on the board, set up as an operator's workstation is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize, async_playwright, expect

from tests.console.running import NAME, PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
_INSTALLED = CHROMIUM.exists()
ARTEFACTS = Path(__file__).parents[2] / "artefacts"
_OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
#: A fact that needs the server is waited for so long: a machine with much else to do is slow, and not wrong.
expect.set_options(timeout=30_000)


@asynccontextmanager
async def chromium(*, width: int = 1920, height: int = 1080, javascript: bool = True) -> AsyncIterator[BrowserContext]:
    if not _INSTALLED:
        pytest.skip("the board was not seen: Debian's package `chromium` is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=_OPTIONS.split())
        context = await browser.new_context(
            locale="ko-KR",
            timezone_id="America/New_York",  # the board's clock is the centre's, not the workstation's
            reduced_motion="reduce",
            viewport=ViewportSize(width=width, height=height),
            java_script_enabled=javascript,
        )
        try:
            yield context
        finally:
            await browser.close()


async def sign_in(page: Page, url: str, name: str = NAME) -> None:
    await page.goto(f"{url}/sign-in")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("button.main")
    await expect(page.locator("table.qt")).to_be_visible()


async def live(page: Page) -> None:
    """Wait until the feed has spoken."""
    await expect(page.locator("#line b")).to_have_text("정상")


def picture(name: str) -> Path:
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS / f"{name}.png"
