"""What axe-core finds on a page: WCAG 2.0 to 2.2, levels A and AA."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


async def violations(page: Page) -> list[str]:
    """Name every violation with the element that has it."""
    found = (await Axe().run(page, options=_RULES)).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


async def sticks_out(page: Page) -> bool:
    """Tell whether a page must be scrolled sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
