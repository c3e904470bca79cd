"""The live board's acceptance cases that need a second look: two operators, a mouse at rest, a clock that is wrong."""

import asyncio
import re
from datetime import timedelta

import msgspec
import pytest
from playwright.async_api import Page, expect

from alerts.events import Acknowledge, Found, Note, Watch
from console.roles import Role
from contracts import Hazard, Severity
from homes.model import Street
from homes.postgres import HomeStore
from runtime import clock
from tests.browser.accessible import violations
from tests.browser.pages import chromium, live, picture, sign_in
from tests.console.building import STREET, a_finding, a_home
from tests.console.entry.people import with_account
from tests.console.running import NAME, Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]

COLLEAGUE = "박도윤"
FORMS = {
    "KeyC": "#call",
    "KeyN": "#note",
    "KeyO": "#dispatch",
    "KeyE": "#escalate",
    "KeyT": "#hand-over",
    "KeyH": "#hold",
    "KeyR": "#resolve",
}


async def many(house: Centre, count: int) -> None:
    homes = [a_home(f"f-{number:04}") for number in range(count)]
    await HomeStore(house.pool).save(Street(homes=(*STREET, *homes)))
    for home in homes:
        await house.store.apply(a_cry(home.home_id))
    await house.relay.turn()


def a_cry(home: str) -> Found:
    return Found(finding=a_finding(home))


async def test_b4_typing_fires_nothing(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await board.click(f"#a-{alert.alert_id} .l1")
    await expect(board.locator("#detail #note")).to_be_attached()
    await board.keyboard.press("KeyN")
    await board.keyboard.type("adgre 1 0")
    await expect(board.locator("#note-text")).to_have_value("adgre 1 0")
    await board.keyboard.press("Escape")
    # The draft is kept, and letters can be switched off altogether.
    await expect(board.locator("#note-text")).to_have_value("adgre 1 0")
    await board.click("#settings-open")
    await board.check("#settings [value=off]")
    await board.keyboard.press("Escape")
    await board.keyboard.press("KeyA")
    await board.click("#settings-open")
    await board.check("#settings [value=alt]")
    await board.keyboard.press("Escape")
    await board.keyboard.press("KeyA")
    stands = await house.store.alert(alert.alert_id)
    assert stands is not None and stands.owner is None and stands.version == alert.version
    await board.locator(f"#a-{alert.alert_id}").focus()
    await board.keyboard.press("Alt+KeyA")
    await expect(board.locator(f'[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()


async def test_b6_two_operators_who_take_the_next_never_get_the_same(house: Centre, board: Page) -> None:
    await with_account(house.pool, COLLEAGUE, Role.OPERATOR)
    await many(house, 50)
    async with chromium() as context:
        other = await context.new_page()
        await sign_in(other, house.url, COLLEAGUE)
        await live(other)
        taken = await asyncio.gather(takes(board, 25), takes(other, 25))
    assert len(set(taken[0]) | set(taken[1])) == 50
    owners = [alert.owner for alert in await house.store.open_alerts()]
    assert owners.count(NAME) == owners.count(COLLEAGUE) == 25


async def takes(page: Page, times: int) -> list[str]:
    taken: list[str] = []
    for _ in range(times):
        async with page.expect_response("**/alerts/claim-next", timeout=30_000) as told:
            await page.keyboard.press("KeyG")
        taken.append(msgspec.json.decode(await (await told.value).body(), type=dict[str, str])["id"])
        await expect(page.locator("#take-next")).not_to_have_attribute("aria-busy", "true")
    return taken


async def test_b8_an_emergency_in_hand_stays_above_every_urgent_one(house: Centre, board: Page) -> None:
    urgent = a_finding("h-0002", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT)
    for finding in (urgent, a_finding("h-0001")):
        alert = await house.found(finding)
        await house.apply(Acknowledge(alert_id=alert.alert_id, operator=NAME, version=alert.version))
    rows = board.locator('tbody[data-section="mine"] tr[data-id]')
    await expect(rows).to_have_count(2)
    assert [await row.get_attribute("data-p") for row in await rows.all()] == ["1", "2"]


async def test_b9_the_row_under_the_pointer_stays_there_while_twenty_come_in(house: Centre, board: Page) -> None:
    smoke = a_finding("h-0002", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT)
    held = await house.found(smoke)
    await many(house, 15)
    row = board.locator(f"#a-{held.alert_id}")
    await expect(board.locator("tr[data-id]")).to_have_count(16, timeout=60_000)
    await row.hover()
    before = await row.bounding_box()
    homes = [a_home(f"g-{number:04}") for number in range(20)]
    await HomeStore(house.pool).save(Street(homes=tuple(homes)))
    for home in homes:
        await house.store.apply(a_cry(home.home_id))
    await house.relay.turn()
    await expect(board.locator("tr[data-id]")).to_have_count(36, timeout=60_000)
    after = await row.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2


async def test_b11_a_reload_rings_once_for_what_nobody_has_and_never_for_what_is_in_hand(
    house: Centre, board: Page
) -> None:
    alert = await house.found(a_finding("h-0001"))
    await board.click("#try-sound")
    await expect(board.locator("#sound")).to_have_attribute("data-sounding", "1")
    await board.reload()
    await live(board)
    await board.keyboard.press("KeyJ")
    await expect(board.locator("#sound")).to_have_attribute("data-alarms", "1")
    await expect(board.locator("#detail .act.ackb")).to_be_enabled()
    await board.keyboard.press("KeyA")
    await expect(board.locator(f'[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()
    await expect(board.locator("#sound")).to_have_attribute("data-sounding", "")
    await board.reload()
    await live(board)
    await board.keyboard.press("KeyJ")
    await expect(board.locator("#sound")).to_have_attribute("data-state", "running")
    await expect(board.locator("#sound")).to_have_attribute("data-alarms", "0")


async def test_b13_nothing_is_found_by_axe(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await board.click(f"#a-{alert.alert_id} .l1")
    await expect(board.locator("#detail .sop .now")).to_be_visible()
    for theme in ("day", "night"):
        await expect(board.locator("html")).to_have_attribute("data-theme", theme)
        await live(board)
        await expect(board.locator("#detail .sop .now")).to_be_visible()
        assert not await violations(board)
        await board.screenshot(path=picture(f"board.steps.{theme}"))
        await board.keyboard.press("Shift+Slash")
        assert not await violations(board)
        await board.keyboard.press("Escape")
        await board.keyboard.press("Shift+KeyN")


async def test_b13_nor_in_a_flood_a_dialog_a_form_or_behind_a_silent_line(house: Centre, board: Page) -> None:
    await many(house, 12)
    await expect(board.locator("#flood")).to_be_visible(timeout=30_000)
    await board.keyboard.press("KeyJ")
    await expect(board.locator("#detail .sop .now")).to_be_visible()
    faults = await violations(board)
    for opens, dialog in (("#help-open", "#help"), ("#settings-open", "#settings")):
        await board.click(opens)
        await expect(board.locator(dialog)).to_be_visible()
        faults += await violations(board)
        await board.keyboard.press("Escape")
    await board.keyboard.press("Shift+KeyE")
    await expect(board.locator("#card .sheetin")).to_be_visible()
    faults += await violations(board)
    await board.keyboard.press("Escape")
    for key, form in FORMS.items():
        await board.keyboard.press(key)
        await expect(board.locator(form)).to_be_visible()
        faults += [f"{form}: {fault}" for fault in await violations(board)]
        await board.keyboard.press("Escape")
    house.console.kill()
    await expect(board.locator("#banner")).to_be_visible(timeout=30_000)
    for theme in ("day", "night"):
        await board.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        faults += [f"stale, {theme}: {fault}" for fault in await violations(board)]
        await board.screenshot(path=picture(f"board.stale.{theme}"))
    assert not faults, "\n".join(faults)


async def test_b14_a_door_code_is_shown_for_a_minute_and_written_down(house: Centre, board: Page) -> None:
    alert = await house.found(a_finding("h-0001"))
    await house.apply(Acknowledge(alert_id=alert.alert_id, operator=NAME, version=alert.version))
    await board.click(f"#a-{alert.alert_id} .l1")
    await expect(board.locator("#detail .maskline")).to_be_visible()
    assert "2580" not in await board.content()
    await board.clock.install()
    await board.keyboard.press("KeyV")
    await expect(board.locator("#detail .rv-value")).to_contain_text("#2580")
    assert await board.locator("#detail .rv-value").get_attribute("data-seconds") == "60"
    # The minute is over: it is masked again, and nothing of it is left in the page.
    await board.clock.fast_forward(61_000)
    await expect(board.locator("#detail .rv-value")).to_have_count(0)
    assert "2580" not in await board.content()
    async with house.pool.connection() as connection:
        kept = await connection.execute("select count(*) from access_log where what = 'entry_revealed'")
        assert await kept.fetchone() == (1,)


async def test_b16_a_page_that_was_told_a_hundred_changes_has_not_grown(house: Centre, board: Page) -> None:
    """The law of the 24-hour soak, shortened: a hundred changes in ten rounds, and heap and listeners as before."""
    alert = await house.found(a_finding("h-0001"))
    await expect(board.locator(f"#a-{alert.alert_id}")).to_be_visible()
    wire = await board.context.new_cdp_session(board)
    await wire.send("Performance.enable")
    sizes = []
    for _turn in range(10):
        for _ in range(10):
            await house.store.apply(Note(alert_id=alert.alert_id, operator=NAME, text="전화함"))
        await house.relay.turn()
        told = await house.store.alert(alert.alert_id)
        assert told is not None
        await expect(board.locator(f"#a-{alert.alert_id}")).to_have_attribute("data-v", str(told.version))
        await wire.send("HeapProfiler.collectGarbage")
        metrics = {one["name"]: one["value"] for one in (await wire.send("Performance.getMetrics"))["metrics"]}
        sizes.append((metrics["JSHeapUsedSize"], metrics["JSEventListeners"], metrics["Nodes"]))
    assert sizes[-1][0] - sizes[1][0] < 20e6
    assert sizes[-1][1] <= sizes[1][1] + 5


async def test_b17_nothing_moves_for_whoever_asked_for_it_and_the_chip_still_says_so(
    house: Centre, board: Page
) -> None:
    alert = await house.found(a_finding("h-0001"))
    symbol = board.locator(f"#a-{alert.alert_id} .pcell .pri")
    await expect(symbol).to_be_visible()
    assert await symbol.evaluate("one => getComputedStyle(one).animationName") == "none"
    await expect(board.locator(f"#a-{alert.alert_id} .un")).to_have_text("미접수")


async def test_b18_a_workstation_whose_clock_is_wrong_counts_rightly(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001", since=clock.now()))
    async with chromium() as context:
        page = await context.new_page()
        await page.add_init_script("const real = Date.now; Date.now = () => real.call(Date) + 7 * 60 * 1000;")
        await sign_in(page, house.url)
        await live(page)
        assert alert.due_at is not None
        text = await page.locator(f"#a-{alert.alert_id} .due .left").inner_text()
        sign, (minutes, seconds) = text.startswith("+"), text.lstrip("+").split(":")
        shown = (int(minutes) * 60 + int(seconds)) * (-1 if sign else 1)
        assert abs(shown - (alert.due_at - clock.now()).total_seconds()) < 20


async def test_what_is_watched_is_folded_and_says_when_the_first_rings_again(house: Centre, board: Page) -> None:
    for number, minutes in ((1, 30), (2, 10)):
        smoke = a_finding(f"h-000{number}", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT)
        alert = await house.found(smoke)
        until = clock.now() + timedelta(minutes=minutes)
        watch = Watch(alert_id=alert.alert_id, operator=NAME, until=until, why="재통화", version=alert.version)
        await house.apply(watch)
    rows = board.locator('[data-section="watching"] tr[data-id]')
    await expect(rows).to_have_count(2)
    await expect(board.locator('[data-section="watching"] tr[data-id]:visible')).to_have_count(0)
    await expect(board.locator("#watched .left")).to_have_text(re.compile(r"^(10:00|09:\d\d|08:\d\d)$"))
    await board.click("#watched")
    await expect(board.locator('[data-section="watching"] tr[data-id]:visible')).to_have_count(2)
    await board.screenshot(path=picture("board.watched"))
    assert not await violations(board)
    await board.click("#watched")
    await expect(board.locator('[data-section="watching"] tr[data-id]:visible')).to_have_count(0)


async def test_devices_are_folded_to_three_and_no_filter_hides_an_emergency(house: Centre, board: Page) -> None:
    for number in range(1, 6):
        silent = a_finding(f"h-000{number}", kind="gateway_silent", hazard=Hazard.GATEWAY, severity=Severity.DEVICE)
        await house.found(silent)
    cry = await house.found(a_finding("h-0006"))
    await expect(board.locator("tr[data-id]")).to_have_count(6)
    await expect(board.locator('[data-section="devices"] tr[data-id]:visible')).to_have_count(3)
    await expect(board.locator("#more")).to_contain_text("2건")
    await board.keyboard.press("Digit5")
    await expect(board.locator('[data-section="devices"] tr[data-id]:visible')).to_have_count(5)
    await board.keyboard.press("Digit3")
    await expect(board.locator("#filter")).to_have_text("필터로 5건 숨김")
    await expect(board.locator(f"#a-{cry.alert_id}")).to_be_visible()
    await board.click("#filter")
    await board.click("#more")
    await expect(board.locator("tr[data-id]:visible")).to_have_count(6)
