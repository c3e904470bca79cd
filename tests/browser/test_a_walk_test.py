"""A walk test on an engineer's telephone: tiles turn as sensors speak, and the end leads to the result."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from contracts.values import Battery, Contact, HelpButton, LinkQuality
from history.recording.postgres import Writer
from runtime.settings import Kafka, Postgres
from tests.browser.pages import chromium, picture, sign_in
from tests.console.building import a_home
from tests.console.engineer.test_a_walk_test_through_its_door import WALK, a_home_with_sensors, heard
from tests.console.running import Centre, centre, with_street

pytestmark = [pytest.mark.browser, pytest.mark.door]


@pytest.fixture
async def centre_of_a_home(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres, [a_home_with_sensors(), a_home("h-0002")])
    async with centre(tmp_path, postgres, kafka) as running:
        await Writer(running.pool).keep()
        yield running


@pytest.fixture
async def phone(centre_of_a_home: Centre) -> AsyncIterator[Page]:
    async with chromium(width=390, height=844) as context:
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        await sign_in(page, centre_of_a_home.url)
        yield page
        assert not faults


async def test_w1_an_engineer_walks_with_a_telephone(centre_of_a_home: Centre, phone: Page) -> None:
    await phone.goto(centre_of_a_home.url + WALK)
    await phone.screenshot(path=picture("walk.start.390"))
    await phone.get_by_role("button", name="시험 시작").click()
    button, door = phone.locator("[data-sensor=button]"), phone.locator("[data-sensor=door]")
    await expect(button).to_contain_text("기다림")
    await expect(door).to_contain_text("문을 열었다가 닫으십시오")
    said = ("button", HelpButton()), ("button", LinkQuality(score=140)), ("button", Battery(percent=81))
    await heard(centre_of_a_home.pool, *said, ("door", Contact(open=True)))
    # The tile turns within a second of history's word, and the page is not loaded anew for it.
    await expect(button).to_contain_text("확인", timeout=3000)
    await expect(door).to_contain_text("신호만 옴")
    assert not await phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    await phone.screenshot(path=picture("walk.running.390"))
    await heard(centre_of_a_home.pool, ("door", Contact(open=False)))
    await expect(door).to_contain_text("확인")
    await expect(phone.locator("#sum")).to_have_text("2개 중 2개 확인")
    await phone.set_viewport_size({"width": 1440, "height": 900})
    await phone.screenshot(path=picture("walk.running.1440"))
    await phone.get_by_role("button", name="시험 끝내기").click()
    await expect(phone.locator(".verdict")).to_contain_text("합격")
    await phone.screenshot(path=picture("walk.result.1440"))


async def test_a_line_that_is_lost_keeps_its_tiles_and_says_so(centre_of_a_home: Centre, phone: Page) -> None:
    await phone.goto(centre_of_a_home.url + WALK)
    await phone.get_by_role("button", name="시험 시작").click()
    await phone.route(f"**{WALK}", lambda route: route.abort())
    await expect(phone.locator("#line")).to_have_text("연결 끊김")
    await expect(phone.locator(".tile")).to_have_count(2)
    await heard(centre_of_a_home.pool, ("button", HelpButton()))
    await phone.unroute(f"**{WALK}")
    await expect(phone.locator("[data-sensor=button]")).to_contain_text("확인")
    await expect(phone.locator("#line")).to_have_text("실시간")


async def test_a_test_that_another_ended_is_left_by_this_page_too(centre_of_a_home: Centre, phone: Page) -> None:
    await phone.goto(centre_of_a_home.url + WALK)
    await phone.get_by_role("button", name="시험 시작").click()
    await expect(phone.locator(".tile")).to_have_count(2)
    other = await phone.context.new_page()
    await other.goto(centre_of_a_home.url + WALK)
    await other.get_by_role("button", name="시험 끝내기").click()
    await expect(phone.get_by_role("button", name="시험 시작")).to_be_visible()


async def test_a_test_is_begun_and_ended_by_key_and_without_a_script(centre_of_a_home: Centre) -> None:
    async with chromium(javascript=False) as context:
        page = await context.new_page()
        await sign_in(page, centre_of_a_home.url)
        await page.goto(centre_of_a_home.url + WALK)
        await page.get_by_role("button", name="시험 시작").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".tile")).to_have_count(2)
        await page.get_by_role("button", name="시험 끝내기").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".verdict")).to_contain_text("불합격")
