"""An operator's browser in the journeys: signed in, with the feed of the board open."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx

from runtime import clock
from tests.journey.town import Town
from tests.until import until


@dataclass(kw_only=True)
class Board:
    """The page as its script keeps it: when the first row of each alert came."""

    browser: httpx.AsyncClient
    came_at: dict[str, float] = field(default_factory=dict)
    ticks: int = 0

    def told(self, event: str, data: str) -> None:
        """Take one event of the feed."""
        self.ticks += event == "tick"
        if event == "alert":
            self.came_at.setdefault(json.loads(data)["id"], clock.ticks())

    async def acknowledge(self, alert_id: str) -> int:
        """Open an alert and send its first form as it stands there; the answer's status."""
        pane = await self.browser.get(f"/alerts/{alert_id}", headers={"X-Fragment": "1"})
        form = re.search(r'<form method="post" action="([^"]+/ack)".*?</form>', pane.text, re.DOTALL)
        assert form, pane.text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0]))
        return (await self.browser.post(form[1], data=fields)).status_code


@asynccontextmanager
async def signed_in(here: Town) -> AsyncIterator[httpx.AsyncClient]:
    """Hold a browser whose operator has signed in."""
    address = f"http://127.0.0.1:{here.settings.console.port}"
    headers = {"Origin": address, "X-Script": "1"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=10) as browser:
        who = {
            "name": here.settings.console.operator_name,
            "password": here.settings.console.operator_password.reveal(),
        }
        answer = await browser.post("/sign-in", data=who)
        assert answer.status_code == 303, answer.text
        yield browser


async def step_up(browser: httpx.AsyncClient, here: Town) -> None:
    """Give the password once more, as an export asks for it."""
    page = (await browser.get("/account")).text
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert token, page
    given = {"csrf": token[1], "code": here.settings.console.operator_password.reveal()}
    answer = await browser.post("/step-up", data=given)
    assert answer.status_code == 303, answer.text


@asynccontextmanager
async def open_board(here: Town) -> AsyncIterator[Board]:
    """Hold a board whose feed is heard."""
    async with signed_in(here) as browser:
        board = Board(browser=browser)
        mark = (await browser.get("/console/snapshot")).json()["mark"]
        hearing = asyncio.create_task(_hear(board, mark))
        try:
            await until(lambda: board.ticks, what="the feed's first tick")
            yield board
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing


async def _hear(board: Board, mark: str) -> None:
    event = ""
    async with board.browser.stream("GET", "/console/feed", params={"after": mark}) as feed:
        async for line in feed.aiter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                board.told(event, line.removeprefix("data: "))
