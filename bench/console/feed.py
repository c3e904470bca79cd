"""From an alert's change in the database to its row on an open board, with other boards open and steady changes."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Final

import httpx
from playwright.async_api import Page, async_playwright, expect

from alerts.events import Found, Note
from alerts.postgres import AlertStore
from contracts import AlertId, Evidence, Finding, Hazard, HomeId, Phase, Sentence, Severity, finding_id
from homes.model import Home
from runtime import clock
from runtime.postgres import Pool
from runtime.settings import Console

CHROMIUM: Final = Path("/usr/bin/chromium")
_OPTIONS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
#: Every row that is put on the page is noted with its version and the moment, by the same clock as ours.
_WATCH: Final = """
    window.rows = [];
    new MutationObserver((all) => {
        for (const { addedNodes } of all) for (const row of addedNodes)
            if (row.dataset && row.dataset.id) window.rows.push([row.dataset.id, Number(row.dataset.v), Date.now()]);
    }).observe(document.querySelector("table.qt"), { childList: true, subtree: true });
"""


@dataclass(kw_only=True)
class FeedRan:
    """What was measured, in seconds."""

    consoles: int
    rate: int
    #: From the commit of a change to its row.
    rows: list[float] = field(default_factory=list)
    #: Changes whose row, or a newer one, never came.
    missing: int = 0
    #: From the address typed to a board that is live, each in a fresh browser profile.
    usable: list[float] = field(default_factory=list)
    heard: int = 0


async def feed(
    pool: Pool, console: Console, homes: Sequence[Home], *, consoles: int, rate: int, seconds: int
) -> FeedRan:
    """Open the consoles, change alerts at a rate, and see how soon each change is on the board."""
    ran = FeedRan(consoles=consoles, rate=rate)
    url = f"http://127.0.0.1:{console.port}"
    store = AlertStore(pool)
    alerts = [await _opened(store, home) for home in homes]
    async with _board(console, url) as page:
        for _ in range(5):
            ran.usable.append(await _usable(page, url))
        await page.evaluate(_WATCH)
        listening = [asyncio.ensure_future(_listen(console, url, ran)) for _ in range(consoles - 1)]
        try:
            written = await _changes(store, alerts, rate=rate, seconds=seconds)
            await asyncio.sleep(2)
        finally:
            for one in listening:
                one.cancel()
        seen = await page.evaluate("window.rows")
    _compare(ran, written, seen)
    return ran


async def _opened(store: AlertStore, home: Home) -> AlertId:
    now = clock.now()
    said = Sentence(ko="도움 요청 버튼 누름 · 안방", en="help button pressed · bedroom")
    finding = Finding(
        finding_id=finding_id(home.home_id, "help_button", now),
        home_id=HomeId(home.home_id),
        kind="help_button",
        hazard=Hazard.HELP,
        severity=Severity.EMERGENCY,
        phase=Phase.BEGAN,
        since=now,
        told_at=now,
        evidence=Evidence(rule="help_button/1", sentence=said),
        test=False,
        late=False,
    )
    alert = (await store.apply(Found(finding=finding))).alert
    if alert is None:
        raise RuntimeError(f"{home.home_id}: no alert was opened")
    return alert.alert_id


async def _changes(
    store: AlertStore, alerts: Sequence[AlertId], *, rate: int, seconds: int
) -> list[tuple[AlertId, int, float]]:
    written: list[tuple[AlertId, int, float]] = []
    began = asyncio.get_running_loop().time()
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - asyncio.get_running_loop().time()))
        alert_id = alerts[number % len(alerts)]
        done = await store.apply(Note(alert_id=alert_id, operator="bench", text=f"{number}"))
        if done.alert is not None:
            written.append((alert_id, done.alert.version, time()))
    return written


def _compare(ran: FeedRan, written: Sequence[tuple[AlertId, int, float]], seen: Sequence[Sequence[object]]) -> None:
    """A row with a newer version shows the change too: it is the first such row that counts."""
    rows: dict[str, list[tuple[int, float]]] = {}
    for alert_id, version, at in seen:
        rows.setdefault(f"{alert_id}", []).append((int(f"{version}"), float(f"{at}") / 1000))
    for alert_id, version, at in written:
        shown = [when for known, when in rows.get(alert_id, ()) if known >= version]
        if shown:
            ran.rows.append(max(0.0, min(shown) - at))
        else:
            ran.missing += 1


@asynccontextmanager
async def _board(console: Console, url: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(_OPTIONS))
        try:
            page = await (await browser.new_context(viewport={"width": 1920, "height": 1080})).new_page()
            await page.goto(f"{url}/sign-in")
            await page.fill("#name", console.operator_name)
            await page.fill("#password", console.operator_password.reveal())
            await page.click("button.main")
            await expect(page.locator("#line b")).to_have_text(re.compile("정상"))
            yield page
        finally:
            await browser.close()


async def _usable(page: Page, url: str) -> float:
    began = time()
    await page.goto(url)
    await expect(page.locator("#line b")).to_have_text(re.compile("정상"))
    return time() - began


async def _listen(console: Console, url: str, ran: FeedRan) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        await client.post(
            "/sign-in", data={"name": console.operator_name, "password": console.operator_password.reveal()}
        )
        async with client.stream("GET", "/console/feed?after=") as answer:
            async for line in answer.aiter_lines():
                ran.heard += line == "event: alert"
