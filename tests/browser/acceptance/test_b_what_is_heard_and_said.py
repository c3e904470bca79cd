"""What the board sounds, and what it says of colleagues and of itself while somebody works at it."""

import pytest
from playwright.async_api import Page, expect

from alerts.events import Acknowledge
from console.roles import Role
from tests.browser.pages import chromium, live, sign_in
from tests.console.building import a_finding
from tests.console.entry.people import with_account
from tests.console.running import NAME, Centre
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.door]

COLLEAGUE = "박도윤"
LONG = 30_000


async def test_a_pause_is_broken_by_a_new_emergency(house: Centre, board: Page) -> None:
    sound = board.locator("#sound")
    await house.found(a_finding("h-0001"))
    await board.click("#try-sound")
    await expect(sound).to_have_attribute("data-sounding", "1")
    await board.keyboard.press("KeyM")
    await expect(board.locator("#toast")).to_contain_text("60초")
    await expect(sound).to_have_attribute("data-quiet", "true")
    # What blinks goes on, and the sound is only quiet: it is switched on still.
    await expect(sound).to_have_attribute("aria-pressed", "true")
    await house.found(a_finding("h-0002"))
    await expect(sound).to_have_attribute("data-quiet", "false")
    await expect(sound).to_have_attribute("data-sounding", "1")


async def test_a_lost_line_sounds_after_a_minute_and_once_a_minute(house: Centre, board: Page) -> None:
    sound = board.locator("#sound")
    await board.click("#try-sound")
    await expect(sound).to_have_attribute("data-state", "running")
    await board.clock.install()
    house.console.kill()
    await expect(board.locator("#banner")).to_be_visible(timeout=LONG)
    await expect(sound).to_have_attribute("data-lost", "0")
    for minute in ("1", "2"):
        await board.clock.fast_forward(61_000)
        await expect(sound).to_have_attribute("data-lost", minute)


async def test_whoever_has_their_case_open_keeps_it_and_is_seen_at_it(house: Centre, board: Page) -> None:
    await with_account(house.pool, COLLEAGUE, Role.OPERATOR)
    alert = await house.found(a_finding("h-0001"))
    await house.apply(Acknowledge(alert_id=alert.alert_id, operator=COLLEAGUE, version=alert.version))
    # More than half of the time that they have it for is over.
    async with house.pool.connection() as connection:
        await connection.execute(
            "update alert set due_at = due_at - interval '8 minutes', owner_until = owner_until - interval '8 minutes'"
        )
    taken = await house.store.alert(alert.alert_id)
    assert taken is not None and taken.owner_until is not None
    first = taken.owner_until

    async def kept_on() -> bool:
        now = await house.store.alert(alert.alert_id)
        return bool(now and now.owner == COLLEAGUE and now.owner_until and now.owner_until > first)

    async with chromium() as context:
        other = await context.new_page()
        await sign_in(other, house.url, COLLEAGUE)
        await live(other)
        await other.click(f"#a-{alert.alert_id} .l1")
        await board.click(f"#a-{alert.alert_id} .l1")
        await expect(board.locator("#detail .viewing")).to_have_text(f"{COLLEAGUE} 님이 보는 중", timeout=LONG)
        await expect(other.locator("#detail .viewing")).to_have_text(f"{NAME} 님이 보는 중", timeout=LONG)
        await until(kept_on, within=60, what="the case is its owner's for longer")


async def test_a_session_that_ends_soon_asks_to_sign_in_without_leaving_the_board(house: Centre, board: Page) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_session set expires_at = now() + interval '4 minutes'")
    await expect(board.locator("#toast")).to_contain_text("로그인", timeout=LONG)
    async with board.context.expect_page() as opened:
        await board.locator("#toast button").click()
    page = await opened.value
    await page.wait_for_load_state()
    assert page.url.endswith("/sign-in")
    await expect(board.locator("table.qt")).to_be_visible()
