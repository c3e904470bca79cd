"""A case goes from one operator on duty to another, at their own boards."""

import pytest
from playwright.async_api import Page, expect

from console.roles import Role
from contracts import AlertChangeKind
from tests.browser.accessible import violations
from tests.browser.pages import chromium, live, picture, sign_in
from tests.console.building import a_finding
from tests.console.entry.people import with_account
from tests.console.running import NAME, Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]

COLLEAGUE = "박도윤"


async def test_a_case_is_given_to_a_colleague_on_duty_who_is_told(house: Centre, board: Page) -> None:
    await with_account(house.pool, COLLEAGUE, Role.OPERATOR)
    alert = await house.found(a_finding("h-0001"))
    async with chromium() as context:
        other = await context.new_page()
        await sign_in(other, house.url, COLLEAGUE)
        await live(other)
        await board.click(f"#a-{alert.alert_id} .l1")
        await expect(board.locator("#detail .act.ackb")).to_be_enabled()
        await board.keyboard.press("KeyT")
        await expect(board.locator("#colleague option")).to_have_text([COLLEAGUE])
        # Nobody gives away what is not theirs.
        await board.keyboard.press("Control+Enter")
        await expect(board.locator("#hand-over .problem").first).to_contain_text("먼저 접수하십시오")
        await board.keyboard.press("Escape")
        await board.keyboard.press("KeyA")
        await expect(board.locator(f'[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()
        await expect(other.locator(f'[data-section="others"] #a-{alert.alert_id}')).to_be_visible()
        await board.keyboard.press("KeyT")
        await board.screenshot(path=picture("board.hand-over"))
        await board.keyboard.press("Control+Enter")
        # It is theirs when they say so, and the giver's until then.
        await expect(other.locator("#offers")).to_contain_text(f"{NAME} 님이 이 사건을 넘기려 합니다", timeout=30_000)
        await expect(board.locator("#offers")).to_contain_text("그때까지 내 담당", timeout=30_000)
        await expect(other.locator(f'[data-section="others"] #a-{alert.alert_id}')).to_be_visible()
        await other.screenshot(path=picture("board.offered"))
        await board.screenshot(path=picture("board.offers"))
        assert not await violations(other) and not await violations(board)
        await other.keyboard.press("Shift+KeyA")
        await expect(other.locator(f'[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()
        await expect(board.locator(f'[data-section="others"] #a-{alert.alert_id}')).to_be_visible()
        await expect(board.locator("#toast")).to_contain_text("사건을 받았습니다", timeout=30_000)
        await expect(board.locator("#offers .offer")).to_have_count(0)
        await expect(board.locator("#detail .tl")).to_contain_text("넘겨받음")
    stands = await house.store.alert(alert.alert_id)
    assert stands is not None and stands.owner == COLLEAGUE and stands.owner_until is not None
    log = [(one.change, one.by) for one in await house.store.timeline(alert.alert_id)]
    assert log[-1] == (AlertChangeKind.ACKNOWLEDGED, COLLEAGUE)


async def test_no_case_is_given_to_somebody_who_is_away_or_may_not_see_it(house: Centre, board: Page) -> None:
    await with_account(house.pool, COLLEAGUE, Role.OPERATOR)
    alert = await house.found(a_finding("h-0001"))
    await board.click(f"#a-{alert.alert_id} .l1")
    await expect(board.locator("#detail .act.ackb")).to_be_enabled()
    await board.keyboard.press("KeyT")
    await expect(board.locator("#hand-over")).to_contain_text("근무 중인 다른 동료가 없습니다")
    csrf = await board.locator("body").get_attribute("data-csrf") or ""
    fields: dict[str, str | float | bool] = {"csrf": csrf, "version": str(alert.version), "colleague": COLLEAGUE}
    headers = {"X-Script": "1", "Sec-Fetch-Site": "same-origin"}
    answer = await board.request.post(f"{house.url}/alerts/{alert.alert_id}/pass-on", form=fields, headers=headers)
    assert answer.status == 422 and "근무 중이 아니거나" in await answer.text()
