"""A page is told once what begins; what waits for a choice is not covered by it."""

import pytest
from playwright.async_api import Page, expect

from console.roles import Role
from tests.browser.accessible import violations
from tests.browser.pages import chromium, live, picture, sign_in
from tests.console.entry.people import with_account
from tests.console.running import Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]

COLLEAGUE = "박도윤"


async def test_b_a_colleague_who_comes_on_duty_is_said_on_every_other_board(house: Centre, board: Page) -> None:
    await with_account(house.pool, COLLEAGUE, Role.OPERATOR)
    await expect(board.locator("#duty b")).to_contain_text("김지현", timeout=30_000)
    async with chromium() as context:
        other = await context.new_page()
        await sign_in(other, house.url, COLLEAGUE)
        await live(other)
        await expect(board.locator("#toast")).to_have_text(f"{COLLEAGUE} 님이 근무에 들어왔습니다", timeout=30_000)
        await board.screenshot(path=picture("board.notice"))
        assert not await violations(board)
    await expect(board.locator("#toast")).to_have_text(f"{COLLEAGUE} 님이 자리를 비웠습니다", timeout=60_000)
