"""A console in service, and a signed-in board on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from runtime.settings import Kafka, Postgres
from tests.browser.pages import chromium, live, sign_in
from tests.console.running import Centre, centre, with_street


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


@pytest.fixture
async def board(house: Centre) -> AsyncIterator[Page]:
    async with chromium() as context:
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        await sign_in(page, house.url)
        await live(page)
        yield page
        assert not faults
