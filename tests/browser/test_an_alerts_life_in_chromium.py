"""The life of an alert in Chromium: an operator's forms and keys, and a responder's telephone without a script."""

import pytest
from playwright.async_api import Page, expect

from alerts.events import Watch
from alerts.presence.postgres import manned
from contracts import AlertChangeKind, Hazard, Severity
from runtime import clock
from tests.browser.pages import picture
from tests.console.building import CARER, HOUR, a_finding
from tests.console.running import NAME, Centre
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.door]


async def test_an_operator_sends_somebody_and_then_watches_by_keys_alone(house: Centre, board: Page) -> None:
    smoke = a_finding("h-0004", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT, since=clock.now())
    alert = await house.found(smoke)
    await expect(board.locator(f"#a-{alert.alert_id}")).to_be_visible()
    await board.keyboard.press("g")
    await expect(board.locator(f'[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()
    await expect(board.locator("#detail #dispatch")).to_be_attached()
    await board.keyboard.press("w")
    await board.fill("#watch-why", "딸이 오는 중")
    await board.keyboard.press("Control+Enter")
    row = board.locator(f'[data-section="watching"] #a-{alert.alert_id}')
    await expect(row).to_contain_text("까지 지켜봄")
    await expect(board.locator("#detail [data-act=take-back]")).to_be_visible()
    await board.keyboard.press("Escape")
    await board.keyboard.press("a")
    await expect(board.locator(f'[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()
    await board.keyboard.press("o")
    await board.select_option("#dispatch-whom", CARER.responder_id)
    await board.keyboard.press("Control+Enter")
    await expect(board.locator(f"#a-{alert.alert_id}")).to_contain_text("오세라 요청함")
    await expect(board.locator("#detail .coming")).to_contain_text("오세라에게 출동 요청함")
    await board.screenshot(path=picture("board.life"))
    kinds = [line.change for line in await house.store.timeline(alert.alert_id)]
    for change in (AlertChangeKind.WATCHED, AlertChangeKind.TAKEN_BACK, AlertChangeKind.DISPATCHED):
        assert kinds.count(change) == 1


async def test_a_form_that_came_too_late_says_who_was_quicker_and_stays_open(house: Centre, board: Page) -> None:
    smoke = a_finding("h-0004", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT, since=clock.now())
    alert = await house.found(smoke)
    await board.locator(f"#a-{alert.alert_id} .l1").first.click()
    await expect(board.locator("#detail #watch")).to_be_attached()
    await board.keyboard.press("w")
    await board.fill("#watch-why", "전화함")
    first = Watch(
        alert_id=alert.alert_id, operator="박도윤", until=clock.now() + HOUR / 2, why="곧 옴", version=alert.version
    )
    await house.apply(first)
    await board.keyboard.press("Control+Enter")
    await expect(board.locator("#watch .problem")).to_contain_text("박도윤")
    await expect(board.locator("#watch-why")).to_have_value("전화함")


async def test_an_open_board_keeps_the_centre_manned(house: Centre, board: Page) -> None:
    async def is_manned() -> bool:
        async with house.pool.connection() as connection:
            return await manned(connection)

    async with house.pool.connection() as connection:
        await connection.execute("delete from presence")
    await until(is_manned, within=30, what="the page says that somebody sees it")
    await expect(board.locator("#duty b")).to_have_text(NAME, timeout=30_000)
