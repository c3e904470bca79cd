"""A long board draws what is looked at: the rest waits outside the document, in its order."""

import pytest
from playwright.async_api import Page, expect

from alerts.events import Found
from contracts import Hazard, Severity
from homes.model import Street
from homes.postgres import HomeStore
from tests.browser.accessible import violations
from tests.browser.pages import picture
from tests.console.building import STREET, a_finding, a_home
from tests.console.running import Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]

MANY, MOST = 240, 210
ROWS = 'tbody[data-section="new"] tr[data-id]'


async def many_cautions(house: Centre) -> None:
    homes = [a_home(f"f-{number:04}") for number in range(MANY)]
    await HomeStore(house.pool).save(Street(homes=(*STREET, *homes)))
    for home in homes:
        caution = a_finding(home.home_id, kind="inactivity", hazard=Hazard.STILLNESS, severity=Severity.CAUTION)
        await house.store.apply(Found(finding=caution))
    await house.relay.turn()


async def sorts(page: Page) -> list[str]:
    return [str(one) for one in await page.eval_on_selector_all(ROWS, "rows => rows.map((row) => row.dataset.sort)")]


async def test_b10_rows_past_two_hundred_leave_the_document_and_keep_their_order(house: Centre, board: Page) -> None:
    await many_cautions(house)
    await expect(board.locator('tbody[data-section="new"] .sec b')).to_have_text(str(MANY), timeout=60_000)
    first = await board.locator(ROWS).first.get_attribute("data-id")
    assert await board.locator(ROWS).count() <= MOST
    assert (drawn := await sorts(board)) == sorted(drawn)
    # By keys from the last of them: what is next is drawn as it is walked to, in its order.
    await board.locator(ROWS).nth(198).click()
    selected = board.locator('tr[aria-selected="true"]')
    places = []
    for _ in range(12):
        places.append(int(await selected.get_attribute("aria-rowindex") or 0))
        await expect(selected).to_be_in_viewport()
        await board.keyboard.press("KeyJ")
        await expect(selected).to_have_attribute("aria-rowindex", str(places[-1] + 1))
    assert places == list(range(199, 211))
    await board.keyboard.press("KeyK")
    await expect(selected).to_have_attribute("aria-rowindex", "210")
    # By the wheel: the last row is drawn when it is reached, and the first has left.
    await board.evaluate("document.querySelector('.qscroll').scrollTop = 1e9")
    last = board.locator(f'{ROWS}[aria-rowindex="{MANY}"]')
    await expect(last).to_be_in_viewport(timeout=30_000)
    await expect(board.locator(f"#a-{first}")).to_have_count(0)
    assert await board.locator(ROWS).count() <= MOST
    await board.screenshot(path=picture("board.long"))
    assert not await violations(board)
    # What is grave is in the document wherever one looks, and on top.
    cry = await house.found(a_finding("h-0001"))
    await expect(board.locator(f"{ROWS}#a-{cry.alert_id}")).to_have_count(1, timeout=30_000)
    await expect(board.locator(f"#a-{cry.alert_id}")).to_have_attribute("aria-rowindex", "1")
    await board.evaluate("document.querySelector('.qscroll').scrollTop = 0")
    await expect(board.locator(f"#a-{first}")).to_be_in_viewport(timeout=30_000)
    await expect(board.locator("tr.blank").last).to_be_attached()
