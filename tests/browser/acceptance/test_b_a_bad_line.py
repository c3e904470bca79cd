"""B5 where the server lives and the way to it does not: refused for a moment, or dead without a word."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Route, expect

from console.sessions import seal
from contracts import AlertChangeKind
from tests.browser.accessible import violations
from tests.browser.between import Between, Way, between
from tests.browser.pages import chromium, live, picture, sign_in
from tests.console.building import a_finding
from tests.console.running import NAME, SECRET, Centre
from tests.console.test_a_failure_is_told import without_a_database
from tests.until import until

pytestmark = [pytest.mark.browser, pytest.mark.door]

LONG = 30_000
FIRST_WORDS = """() => {
    const banner = document.getElementById("banner");
    new MutationObserver((_, watch) => { document.body.dataset.first = banner.innerText; watch.disconnect(); })
        .observe(banner, { attributes: true, attributeFilter: ["hidden"] });
}"""


@pytest.fixture
async def line(house: Centre) -> AsyncIterator[Between]:
    async with between(house.url) as relay:
        yield relay


@pytest.fixture
async def far(line: Between) -> AsyncIterator[Page]:
    async with chromium() as context:
        page = await context.new_page()
        await sign_in(page, line.url)
        await live(page)
        yield page


async def test_b5_a_server_that_is_refused_for_a_moment_loses_and_doubles_nothing(
    house: Centre, line: Between, far: Page
) -> None:
    alert = await house.found(a_finding("h-0001"))
    await far.click(f"#a-{alert.alert_id} .l1")
    await expect(far.locator("#detail .act.ackb")).to_be_enabled()
    line.turn(Way.REFUSED)
    await far.keyboard.press("KeyA")
    await expect(far.locator("#toast")).to_contain_text("확인되지 않았습니다", timeout=LONG)
    second = await house.found(a_finding("h-0002"))
    # The browser's own attempt was refused, for good by its rules, and ours too.
    await until(lambda: line.refused >= 4, within=30, what="the line was asked for again and again")
    line.turn(Way.OPEN)
    await expect(far.locator("tr[data-id]")).to_have_count(2, timeout=LONG)
    await expect(far.locator(f"#a-{second.alert_id}")).to_have_count(1)
    await live(far)
    await expect(far.locator("#banner")).to_be_hidden()
    # The press that nobody answered is sent again under its own key: it is done once.
    await far.locator("#toast button").click()
    await expect(far.locator(f'[data-section="mine"] #a-{alert.alert_id}')).to_be_visible()
    log = [one.change for one in await house.store.timeline(alert.alert_id)]
    assert log.count(AlertChangeKind.ACKNOWLEDGED) == 1
    stands = await house.store.alert(alert.alert_id)
    assert stands is not None and stands.owner == NAME


async def test_a_first_page_without_the_database_names_the_telephone_and_opens_by_itself(house: Centre) -> None:
    async with without_a_database() as client, chromium() as context:
        client.cookies.set("dolbom_session", seal(SECRET, "session-1"))
        away = await client.get("/")
        page = await context.new_page()

        async def stand_in(route: Route) -> None:
            await route.fulfill(status=away.status_code, headers=dict(away.headers), body=away.text)

        await page.route(f"{house.url}/", stand_in)
        await page.goto(house.url)
        await expect(page.locator("#duty-phone")).to_have_attribute("href", "tel:02-000-0000")
        assert not await violations(page)
        await page.screenshot(path=picture("board.away"))
        await page.unroute(f"{house.url}/")
        await expect(page.locator("#password")).to_be_visible(timeout=LONG)


async def test_b5_a_dead_line_is_said_within_eight_seconds_and_only_the_telephone_works(
    house: Centre, line: Between, far: Page
) -> None:
    alert = await house.found(a_finding("h-0001"))
    await far.click(f"#a-{alert.alert_id} .l1")
    await expect(far.locator("#detail .sop .now .ans button")).to_have_count(3)
    await far.evaluate(FIRST_WORDS)
    line.turn(Way.DEAD)
    banner = far.locator("#banner")
    await expect(banner).to_be_visible(timeout=LONG)
    said = re.search(r"(\d+)초", await far.locator("body").get_attribute("data-first") or "")
    assert said and 6 <= int(said[1]) <= 8
    for act in ("#detail .act.ackb", "#detail .sop .now .ans button", "#detail [data-open=resolve]"):
        await expect(far.locator(act).first).to_have_attribute("aria-disabled", "true")
    for telephone in ("#detail .act.tel[data-open=call]", "#detail .ct .tel"):
        link = far.locator(telephone).first
        await expect(link).not_to_have_attribute("aria-disabled", "true")
        assert (await link.get_attribute("href") or "").startswith("tel:")
        assert not await link.evaluate("one => one.inert || Boolean(one.closest('[inert]'))")
    await far.keyboard.press("KeyA")
    await expect(far.locator("#toast")).to_contain_text("끊겨")
    # What happens meanwhile is there once when the line is.
    second = await house.found(a_finding("h-0002"))
    await expect(far.locator("#line b")).to_have_text("끊김")
    line.turn(Way.OPEN)
    await expect(banner).to_be_hidden(timeout=LONG)
    await expect(far.locator("tr[data-id]")).to_have_count(2)
    await expect(far.locator(f"#a-{second.alert_id}")).to_have_count(1)
    await expect(far.locator("#detail .act.ackb")).not_to_have_attribute("aria-disabled", "true")
    untouched = await house.store.alert(alert.alert_id)
    assert untouched is not None and untouched.owner is None
