"""Shifts, rosters and referrals in Chromium: by keyboard alone (O3), on two screens, in both languages and lights."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from alerts.events import Acknowledge, Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from console.spans import ZONE
from contracts import ResponderId, Severity
from homes.model import (
    Channel,
    Contact,
    Hours,
    Policy,
    PolicyStep,
    Responder,
    ResponderKind,
    Roster,
    Rotation,
    Street,
    When,
)
from homes.planning.postgres import PlanStore
from homes.postgres import HomeStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.browser.accessible import violations
from tests.browser.pages import chromium, picture, sign_in
from tests.console.acceptance.test_b15_a_shift_changes_hands import NEXT, SECRET, add_account
from tests.console.building import STREET, a_finding
from tests.console.running import NAME, Centre, centre, with_street

pytestmark = [pytest.mark.browser, pytest.mark.door]
NIGHT = Hours(from_minute=18 * 60, until_minute=9 * 60)


def guard(key: str, name: str) -> Responder:
    contacts = (Contact(channel=Channel.SMS, address="010-0000-0000"),)
    return Responder(responder_id=ResponderId(key), name=name, kind=ResponderKind.GUARD, contacts=contacts)


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    extra = {"DOLBOM_CONSOLE_SECOND_FACTOR": "off", "DOLBOM_ALERTS_SHIFTS": "06:00,14:00,22:00"}
    async with centre(tmp_path, postgres, kafka, **extra) as running:
        await add_account(running, NEXT, SECRET, "operator")
        yield running


@pytest.fixture
async def page(house: Centre) -> AsyncIterator[Page]:
    async with chromium(width=1440, height=900) as context:
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        await sign_in(page, house.url)
        yield page
        assert not faults


async def kept(house: Centre) -> None:
    """Put two guards on the nights of a roster that the homes' policy calls, with a hole in the night after next."""
    today = clock.now().astimezone(ZONE).date()
    turns = Rotation(
        responders=(ResponderId("guard-seo"), ResponderId("guard-mun")),
        from_day=today - timedelta(days=today.weekday() + 14),
        handover_minute=18 * 60,
        days=2,
        hours=(Hours(from_minute=18 * 60, until_minute=2 * 60), Hours(from_minute=6 * 60, until_minute=9 * 60)),
    )
    roster = Roster(roster_id="night-guards", name="야간 순찰", rotations=(turns,))
    step = PolicyStep(after_seconds=60, rosters=("night-guards",), when=When(hours=(NIGHT,)))
    usual = STREET[0].policy
    policy = Policy(policy_id=usual.policy_id, name=usual.name, steps=(*usual.steps, step))
    people = (guard("guard-seo", "서동희"), guard("guard-mun", "문가람"))
    await HomeStore(house.pool).save(Street(policies=(policy,), responders=people, rosters=(roster,)))


async def seen(page: Page, name: str) -> None:
    """Take pictures in both languages and lights; nothing is wider than the screen."""
    home = "/".join(page.url.split("/")[:3]) + "/"
    for language in ("ko", "en"):
        for theme in ("day", "night"):
            for key, value in (("language", language), ("theme", theme)):
                await page.context.add_cookies([{"name": key, "value": value, "url": home}])
            await page.reload()
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), (name, language)
            assert not await violations(page), (name, language, theme)
            await page.screenshot(path=picture(f"{name}.{language}.{theme}"), full_page=True)
    for width in (1366, 1920):
        await page.set_viewport_size({"width": width, "height": 900})
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), (name, width)
    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.context.add_cookies([{"name": "language", "value": "ko", "url": home}])
    await page.reload()


async def test_o3_a_stand_in_is_put_into_a_gap_by_the_keyboard_alone(house: Centre, page: Page) -> None:
    await kept(house)
    await page.goto(f"{house.url}/sup/roster")
    await expect(page.locator("#gaps li").first).to_contain_text("공백")
    await expect(page.locator("tr.gaps .gapt").first).to_have_text("공백 02:00–06:00")
    before = await page.locator("#gaps li").count()
    await seen(page, "roster")
    tomorrow = clock.now().astimezone(ZONE).date() + timedelta(days=1)
    await to(page, "from_at")
    await typed(page, tomorrow, "0200")
    await to(page, "until_at")
    await typed(page, tomorrow, "0600")
    assert await page.input_value("input[name=until_at]") == f"{tomorrow}T06:00"
    await to(page, "person_1")
    await page.keyboard.press("ArrowDown")
    assert await page.input_value("select[name=person_1] >> nth=0") == "guard-mun"
    await to(page, "", "넣기")
    await page.keyboard.press("Enter")
    await expect(page.locator("#gaps li")).to_have_count(before - 1)
    (roster,) = await PlanStore(house.pool).rosters()
    assert [one.responders for one in roster.overrides] == [("guard-mun",)]
    assert [f"{one.from_at.astimezone(ZONE):%d %H:%M}" for one in roster.overrides] == [f"{tomorrow:%d} 02:00"]


async def to(page: Page, name: str, text: str = "") -> None:
    """Press Tab until a field, or a button of this text, is reached, as somebody without a mouse does."""
    for _ in range(200):
        await page.keyboard.press("Tab")
        here = await page.evaluate("[document.activeElement.name ?? '', document.activeElement.textContent.trim()]")
        if here[0] == name and text in ("", here[1]):
            return
    raise AssertionError(f"no key leads to {name or text}")


async def typed(page: Page, day: date, time: str) -> None:
    """Write a moment of a morning into its field, part by part: month, day, year, hour, minute, half of the day."""
    await page.keyboard.type(f"{day:%m%d%Y}")
    await page.keyboard.press("Tab")
    await page.keyboard.type(f"{time}AM")


async def test_b15_a_shift_is_prepared_read_and_signed_on_one_screen(house: Centre, page: Page) -> None:
    for home, severity in (("h-0001", Severity.EMERGENCY), ("h-0002", Severity.URGENT), ("h-0003", Severity.CAUTION)):
        alert = await house.found(a_finding(home, severity=severity))
        await house.apply(Acknowledge(alert_id=alert.alert_id, operator=NAME, version=alert.version))
    await page.goto(f"{house.url}/shift")
    await seen(page, "shift.prepare")
    sentences = page.locator(".say input")
    await expect(sentences).to_have_count(2)
    await sentences.first.fill("딸이 20분 뒤 도착, 도착하면 전화 옴")
    await page.get_by_role("button", name="준비됨").click()
    await expect(page.locator("[aria-invalid]")).to_have_count(1)
    await page.locator("[aria-invalid]").fill("통화됨, 16시에 다시 전화")
    await page.locator("#note").fill("정문 인터폰 고장")
    await page.get_by_role("button", name="준비됨").click()
    await expect(page.locator("#sign .said")).to_have_count(3)
    await seen(page, "shift.read")
    for box in await page.locator("input[name=confirm]").all():
        await box.check()
    await page.fill("input[name=name]", NEXT)
    await page.fill("input[name=password]", SECRET)
    await page.get_by_role("button", name="서명하고 넘겨받기").click()
    await expect(page.locator("#done")).to_contain_text("사건 3건이 넘어갔습니다")
    await expect(page.locator(".who")).to_contain_text(NEXT)
    assert not await violations(page)
    await page.screenshot(path=picture("shift.signed"), full_page=True)
    assert {alert.owner for alert in await house.store.open_alerts()} == {NEXT}


async def test_a_referral_goes_from_the_alert_to_the_council(house: Centre, page: Page) -> None:
    alert = await house.found(a_finding("h-0003"))
    ended = Resolve(
        alert_id=alert.alert_id,
        operator=NAME,
        version=alert.version,
        outcome=OutcomeCode.REFERRED_TO_CARE,
        resolved_by=ResolvedBy.OPERATOR,
    )
    await house.apply(ended)
    await page.goto(f"{house.url}/referrals/new?alert={alert.alert_id}")
    await seen(page, "referral.new")
    await page.select_option("select[name=service]", "meals")
    await page.fill("input[name=provider]", "한빛 도시락")
    await page.fill("textarea", "저녁 식사만, 씹기 어려움")
    await page.get_by_role("button", name="연계 요청").click()
    await expect(page.locator("#state")).to_have_text("요청")
    await page.get_by_role("button", name="기관이 접수함").click()
    await page.get_by_role("button", name="제공 시작").click()
    await expect(page.locator("#state")).to_have_text("제공 중")
    await seen(page, "referral.one")
    await page.select_option("select[name=outcome]", "solved")
    await page.get_by_label("5", exact=True).check()
    await page.get_by_role("button", name="완료", exact=True).click()
    await expect(page.locator("#state")).to_have_text("완료")
    await page.goto(f"{house.url}/referrals?state=all")
    await expect(page.locator("[data-referral]")).to_have_count(1)
    await seen(page, "referrals")
    await page.goto(f"{house.url}/referrals/council")
    await expect(page.locator("#counts .sum")).to_contain_text("5.0")
    await seen(page, "council")
