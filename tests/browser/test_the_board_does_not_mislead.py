import asyncio

import pytest
from playwright.async_api import Page, Request, Route, expect

from contracts import AlertChangeKind, AlertState
from tests.console.building import a_finding
from tests.console.running import Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]


async def test_an_action_goes_to_the_alert_in_the_pane(house: Centre, board: Page) -> None:
    first, second = await house.found(a_finding("h-0001")), await house.found(a_finding("h-0002"))
    await board.click(f"#a-{first.alert_id}")
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("최말순")
    await board.click("#detail [data-open=resolve]")
    await board.select_option("#outcome", "N1")
    # The next alert is chosen, and its pane is long in coming.
    may_answer = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_answer.wait()
        await route.continue_()

    await board.route(f"**/alerts/{second.alert_id}", hold)
    await board.evaluate(f"document.getElementById('a-{second.alert_id}').click()")
    await expect(board.locator(f"#a-{second.alert_id}")).to_have_attribute("aria-selected", "true")
    for key in ("KeyE", "KeyE", "KeyA", "KeyR"):
        await board.keyboard.press(key)
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("최말순")
    await board.click("#resolve button.main")
    await expect(board.locator(f"#a-{first.alert_id}")).to_have_count(0)
    may_answer.set()
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("한상철")
    assert [line.change for line in await house.store.timeline(first.alert_id)] == [
        AlertChangeKind.OPENED,
        AlertChangeKind.RESOLVED,
    ]
    untouched = await house.store.alert(second.alert_id)
    assert untouched is not None and untouched.state is AlertState.NEW
    assert [line.change for line in await house.store.timeline(second.alert_id)] == [AlertChangeKind.OPENED]


async def test_a_pane_that_cannot_be_read_is_empty_and_not_anothers(house: Centre, board: Page) -> None:
    first, second = await house.found(a_finding("h-0001")), await house.found(a_finding("h-0002"))
    await board.click(f"#a-{first.alert_id}")
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("최말순")
    await board.route(f"**/alerts/{second.alert_id}", lambda route: route.abort())
    await board.click(f"#a-{second.alert_id}")
    await expect(board.locator("#detail [data-part=head]")).to_have_count(0)
    await expect(board.locator("#toast")).to_contain_text("확인되지 않았습니다")
    await board.unroute(f"**/alerts/{second.alert_id}")
    await board.click(f"#a-{second.alert_id}")
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("한상철")


async def test_a_case_is_worked_with_the_mouse(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await board.click(f"#a-{alert.alert_id}")
    await board.click("#detail .act.ackb")
    await expect(board.locator(f'tbody[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()
    await board.click("#detail [data-open=note]")
    await board.fill("#note-text", "전화함")
    await board.click("#note button.main")
    await expect(board.locator("#detail .tl")).to_contain_text("메모: 전화함")
    await board.click("#detail [data-open=resolve]")
    await board.select_option("#outcome", "N1")
    await board.click("#resolve [data-close]")
    await expect(board.locator("#resolve")).to_be_hidden()
    await board.click("#detail [data-open=resolve]")
    await board.click("#resolve button.main")
    await expect(board.locator(f"#a-{alert.alert_id}")).to_have_count(0)


async def test_a_board_behind_a_gateway_that_has_lost_its_server_says_so(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await board.click(f"#a-{alert.alert_id}")
    await expect(board.locator("#detail [data-part=head]")).to_contain_text("최말순")

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, content_type="text/html", body="<html>no upstream</html>")

    # The server is still there for a moment, but what lies between does not lead to it any more.
    await board.route("**/alerts/**", refuse)
    await board.click("#detail .act.ackb")
    await expect(board.locator("#toast")).to_contain_text("확인되지 않았습니다")
    await board.unroute("**/alerts/**")
    await board.route("**/console/**", refuse)
    house.console.kill()
    await expect(board.locator("#banner")).to_be_visible(timeout=60_000)
    await expect(board.locator("#line b")).to_have_text("끊김")
    asked: list[Request] = []
    board.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    for key in ("KeyA", "KeyG"):
        await board.keyboard.press(key)
        await expect(board.locator("#toast")).to_contain_text("끊겨")
        await board.evaluate("document.getElementById('toast').textContent = ''")
    assert not asked
