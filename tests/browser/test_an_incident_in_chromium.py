"""Twelve homes of a dong fall silent on a live board: one strip, one list, and a press among them rings alone."""

from dataclasses import replace
from datetime import datetime

import pytest
from playwright.async_api import Page, expect

from alerts.incidents.service import Lookout
from contracts import Finding, Hazard, Severity
from homes.model import Home
from runtime import clock
from runtime.settings import Postgres
from tests.browser.pages import picture
from tests.console.building import a_finding, a_home
from tests.console.running import Centre, with_street

pytestmark = [pytest.mark.browser, pytest.mark.door]

DONG = [f"h-01{number:02d}" for number in range(12)]
NAMES = ("최말순", "한상철", "정옥희", "이순자", "강덕수", "윤영자") * 2


def a_dong() -> list[Home]:
    return [
        replace(
            a_home(home, name, 1936 + number, "fm"[number % 2], dong="대나무동", address=f"{5 + number}-2"),
            vulnerability=(0, 1, 0, 2, 0, 3, 1, 0, 2, 0, 1, 0)[number],
            carrier=("하늘통신", "바다통신")[number % 2],
        )
        for number, (home, name) in enumerate(zip(DONG, NAMES, strict=True))
    ]


def silent(home: str, since: datetime) -> Finding:
    return a_finding(
        home,
        kind="gateway_silent",
        hazard=Hazard.GATEWAY,
        severity=Severity.DEVICE,
        since=since,
        ko="게이트웨이 무응답 3분 · 한계 3분 · 보호되지 않음",
        en="gateway not heard for 3 min · limit 3 min · not protected",
    )


def not_protected(home: str, since: datetime) -> Finding:
    return a_finding(
        home,
        kind="not_protected",
        hazard=Hazard.PROTECTION,
        severity=Severity.NOTICE,
        since=since,
        ko="보호되지 않음 · 게이트웨이 무응답 15분 · 한계 15분",
        en="not protected · gateway not heard for 15 min · limit 15 min",
    )


async def test_a_dong_that_falls_silent_is_one_strip_and_a_press_in_it_rings_alone(
    house: Centre, board: Page, postgres: Postgres
) -> None:
    await with_street(postgres, a_dong())
    lookout, since = Lookout(house.pool), clock.now()
    for home in DONG:
        await house.found(silent(home, since))
        await house.found(not_protected(home, since))
    await expect(board.locator("tr[data-id]")).to_have_count(24)
    await expect(board.locator("#unprotected .n")).to_have_text("12")
    await lookout.turn()
    strip = board.locator("#incidents .alertbar")
    await expect(strip).to_have_count(1)
    await expect(strip).to_contain_text("동시 장애 — 12가구")
    await expect(strip).to_contain_text("대나무동")
    await expect(board.locator("tr[data-id]:visible")).to_have_count(0)
    await expect(board).to_have_title("실황판")
    for section in ("new", "devices"):
        await expect(board.locator(f'tbody[data-section="{section}"] .sec')).to_contain_text("묶음에 12")
    pressed = await house.found(a_finding(DONG[5], since=clock.now()))
    await expect(board.locator(f"#a-{pressed.alert_id}")).to_be_visible()
    await expect(board).to_have_title("(1) 실황판")
    # The next case is the press: what stands in the incident is not taken one by one.
    await board.keyboard.press("KeyG")
    await expect(board.locator(f'tbody[data-section="mine"] #a-{pressed.alert_id}')).to_be_visible()
    await board.screenshot(path=picture("incident-board"))
    await strip.locator("a").click()
    await expect(board.locator("tbody tr")).to_have_count(12)
    await expect(board.locator("tbody tr").first).to_contain_text("최우선")
    await expect(board.locator(".cry")).to_contain_text("도움 요청 버튼")
    await board.screenshot(path=picture("incident-page"))
    await board.goto(f"{house.url}/unprotected")
    await expect(board.locator("tbody tr")).to_have_count(12)
    await board.screenshot(path=picture("unprotected-page"))
    await board.set_viewport_size({"width": 1366, "height": 768})
    await board.goto(house.url)
    await board.click("#language")
    await board.click("#theme")
    await expect(board.locator("#incidents .alertbar")).to_contain_text("Silent together — 12 homes")
    await board.screenshot(path=picture("incident-board.en.night.1366"))
    assert await board.evaluate("document.documentElement.scrollWidth") <= 1366
