"""Every page of the table of roles, by day and night, in Korean and English: axe finds nothing, nothing sticks out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.async_api import BrowserContext, Page

from alerts.events import Resolve
from alerts.links import make_token
from alerts.model import Alert
from alerts.outcomes import OutcomeCode, ResolvedBy
from console.matrix import PATHS
from contracts import Hazard, Severity
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.browser.accessible import sticks_out, violations
from tests.browser.pages import chromium, picture, sign_in
from tests.console.building import CARER, STREET, a_finding
from tests.console.running import NAME, SECRET, Centre, centre, with_street

pytestmark = [pytest.mark.browser, pytest.mark.door, pytest.mark.timeout(600)]

HOME = "h-0004"
#: What gives no page: data for scripts, files, other systems, and pages that need a thing of their own first,
#: which the tests of that thing look at.
NO_PAGE = (
    "/console/",
    "/api/",
    "/calendar/",
    "/sw.js",
    "/r/{token}/",
    "/locked/state",
    "/homes/{home_id}/now",
    "/homes/{home_id}/devices",
    "/homes/{home_id}/limit",
    "/homes/{home_id}/activity.svg",
    "/engineer/walks/",
    "/incidents/{incident_id}",
    "/shift/{handover_id}",
    "/sup/sla/{alert_id}",
    "/sup/reports/{report_id}",
    "/referrals/{referral_id}",
    "/sup/quality/{alert_id}",
    "/second-factor",
    "/demo",
    "/locked",
)
FILES = (".csv", ".pdf", ".ics", ".ndjson")


def pages() -> list[str]:
    """List the paths that give a page to somebody who is signed in, or holds a link."""
    listed = [path for method, path in PATHS if method == "GET"]
    return [path for path in listed if not path.startswith(NO_PAGE) and not path.endswith(FILES)]


@dataclass(kw_only=True)
class Town:
    """A centre with something on every page."""

    house: Centre
    folder: Path
    alert: Alert
    #: It is over, and something may follow.
    resolved: Alert

    def url(self, path: str) -> str:
        until = clock.now() + timedelta(hours=4)
        token = make_token(SECRET, self.alert.alert_id, CARER.responder_id, until)
        filled = path.replace("{alert_id}", self.alert.alert_id).replace("{home_id}", HOME).replace("{token}", token)
        query = f"?alert={self.resolved.alert_id}" if path == "/referrals/new" else ""
        return self.house.url + filled + query


@pytest.fixture
async def town(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Town]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_CENTRE_PHONE="02-000-0000") as house:
        now = clock.now()
        alert = await house.found(a_finding(HOME, since=now))
        for home_id, hazard, kind, severity in (
            ("h-0001", Hazard.STILLNESS, "inactivity", Severity.URGENT),
            ("h-0002", Hazard.SENSOR, "battery_low", Severity.DEVICE),
        ):
            await house.found(a_finding(home_id, hazard=hazard, kind=kind, severity=severity, since=now))
        over = await house.found(a_finding("h-0003", since=now))
        ended = Resolve(
            alert_id=over.alert_id,
            operator=NAME,
            version=over.version,
            outcome=OutcomeCode.ACCIDENTAL_PRESS,
            resolved_by=ResolvedBy.OPERATOR,
        )
        await house.apply(ended)
        yield Town(house=house, folder=tmp_path, alert=alert, resolved=over)


async def dressed(context: BrowserContext, url: str, theme: str, language: str) -> None:
    await context.add_cookies(
        [{"name": k, "value": v, "url": url} for k, v in (("theme", theme), ("language", language))]
    )


def personal() -> list[str]:
    """List what must stand in no log and no address: names, addresses, numbers, illnesses, codes."""
    people = [home.resident for home in STREET]
    known = {one.name for one in people} | {one.phone for one in people} | {one.health for one in people}
    known |= {home.address for home in STREET} | {home.entry for home in STREET}
    known |= {one.phone for home in STREET for one in home.responders}
    return sorted(word for word in known if word)


def named(path: str) -> str:
    return path.replace("/", ".").replace("{", "").replace("}", "")


async def faults_of(page: Page, path: str) -> list[str]:
    found = [f"{path}: {fault}" for fault in await violations(page)]
    if await sticks_out(page):
        found.append(f"{path}: sticks out sideways")
    return found


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("theme", ["day", "night"])
async def test_b13_r6_axe_finds_nothing_on_any_page(town: Town, theme: str, language: str) -> None:
    faults: list[str] = []
    async with chromium(width=1440, height=900) as context:
        await dressed(context, town.house.url, theme, language)
        page = await context.new_page()
        await page.goto(town.house.url + "/sign-in")
        faults += await faults_of(page, "/sign-in")
        await sign_in(page, town.house.url)
        for path in pages():
            answer = await page.goto(town.url(path))
            faults += [f"{path}: {word} stands in the address" for word in personal() if word in unquote(page.url)]
            if answer is None or answer.status not in (200, 410):
                faults.append(f"{path}: answered {answer.status if answer else 'nothing'}")
                continue
            await page.screenshot(
                path=picture(f"page{path.replace('/', '.').replace('{', '').replace('}', '')}.{theme}.{language}")
            )
            faults += await faults_of(page, path)
        said = (town.folder / "console.log").read_text(errors="replace")
    assert not faults, "\n".join(faults)
    assert "pages_served" in said and not [word for word in personal() if word in said]


@pytest.mark.parametrize("width", [1366, 1920])
async def test_b12_nothing_sticks_out_at_a_workstation(town: Town, width: int) -> None:
    out: list[str] = []
    for language in ("ko", "en"):
        async with chromium(width=width, height=900) as context:
            await dressed(context, town.house.url, "day", language)
            page = await context.new_page()
            await sign_in(page, town.house.url)
            for path in pages():
                await page.goto(town.url(path))
                if await sticks_out(page):
                    out.append(f"{path} {language}")
    assert not out, out


def test_every_page_of_the_table_is_looked_at_or_said_to_be_none() -> None:
    assert len(pages()) > 20
    assert "/" in pages() and "/homes/{home_id}" in pages() and "/r/{token}" in pages()
