import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from alerts.events import Acknowledge
from contracts import AlertChangeKind
from runtime import clock
from tests.browser.pages import live
from tests.console.building import a_finding
from tests.console.running import NAME, Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]


async def test_the_next_people_are_called_with_a_reason_by_the_button_that_names_it(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await board.click(f"#a-{alert.alert_id}")
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("최말순")
    await board.keyboard.press("KeyE")
    await expect(board.locator("#escalate-why")).to_be_focused()
    await board.keyboard.press("Escape")
    await expect(board.locator("#escalate")).to_be_hidden()
    await board.keyboard.press("KeyE")
    await board.keyboard.press("ArrowDown")
    await board.keyboard.press("Enter")
    await expect(board.locator("#escalate button.main")).to_be_focused()
    assert [line.change for line in await house.store.timeline(alert.alert_id)] == [AlertChangeKind.OPENED]
    await board.keyboard.press("Enter")
    await expect(board.locator("#detail .tl")).to_contain_text("감독 호출")
    await expect(board.locator("#detail .tl")).to_contain_text("상태가 나빠 보임")


async def test_the_most_pressing_case_is_taken_with_one_key(house: Centre, board: Page) -> None:
    since = clock.now()
    first = await house.found(a_finding("h-0001", since=since))
    second = await house.found(a_finding("h-0002", since=since + timedelta(seconds=1)))
    await expect(board.locator("tr[data-id]")).to_have_count(2)
    await board.keyboard.press("KeyL")  # alone it is no key
    await board.keyboard.press("KeyG")
    await expect(board.locator(f'tbody[data-section="mine"] #a-{first.alert_id}')).to_be_visible()
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("최말순")
    await board.keyboard.press("KeyG")
    await expect(board.locator(f'tbody[data-section="mine"] #a-{second.alert_id}')).to_be_visible()
    await expect(board.locator("html")).to_have_attribute("lang", "ko")


async def test_a_row_does_not_leave_from_under_the_pointer(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await board.hover(f"#a-{alert.alert_id}")
    await house.apply(Acknowledge(alert_id=alert.alert_id, operator=NAME, version=alert.version))
    await expect(board.locator(f"#a-{alert.alert_id}")).to_have_attribute("data-section", "mine")
    await expect(board.locator(f'tbody[data-section="new"] #a-{alert.alert_id}')).to_have_count(1)
    await expect(board.locator('tbody[data-section="mine"] .sec b')).to_have_text("1")
    await board.mouse.move(5, 5)
    await expect(board.locator(f'tbody[data-section="mine"] #a-{alert.alert_id}')).to_have_count(1, timeout=1000)


async def test_an_emergency_that_comes_with_a_snapshot_is_said_and_nothing_newer_is_lost(
    house: Centre, board: Page
) -> None:
    read, may_answer = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        read.set()
        await may_answer.wait()
        await route.fulfill(response=answer)

    await board.route("**/console/snapshot", hold)
    # Opened where the feed does not tell of it: the page sees it by the wrong sum, and asks for everything.
    silent = await house.unheard(a_finding("h-0001"))
    await asyncio.wait_for(read.wait(), 20)
    newer = await house.found(a_finding("h-0002"))
    await expect(board.locator(f"#a-{newer.alert_id}")).to_be_visible()
    await board.evaluate("document.getElementById('say').textContent = ''")
    may_answer.set()
    await expect(board.locator(f"#a-{silent.alert_id}")).to_be_visible()
    await expect(board.locator("#say")).to_contain_text("최말순", timeout=60_000)
    await expect(board.locator(f"#a-{newer.alert_id}")).to_be_visible()


async def test_a_day_is_drawn_again_when_history_has_it(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await expect(board.locator(f"#a-{alert.alert_id}")).to_be_visible()
    async with board.expect_response("**/console/strips?*", timeout=8000) as asked:
        answer = await asked.value
    assert alert.alert_id in await answer.json()
    await live(board)
