"""Reports made without a console: ordered, made by a press, and read as their readers read them."""

import csv
import io
import subprocess
from datetime import date
from pathlib import Path

import httpx
import pytest

from console.reports.monthly.postgres import Reports
from console.reports.monthly.service import Press
from runtime import clock
from runtime.postgres import Pool
from tests.console.building import RENDERER

OCTOBER = date(2026, 10, 1)


async def ordered(pool: Pool, *, audience: str = "inside", only: str = "", month: date = OCTOBER) -> int:
    """Order a report of all dongs, or of one."""
    store = Reports(pool)
    districts = [only] if only else [key for key, _ in await store.districts()]
    return await store.order(month, districts, audience=audience, language="ko", by="김지현", at=clock.now())


async def made(pool: Pool, *, audience: str = "inside", only: str = "") -> int:
    """Order a report and have it made."""
    number = await ordered(pool, audience=audience, only=only)
    await Press(pool, RENDERER).turn()
    return number


async def part_of(pool: Pool, number: int, district: str = "") -> tuple[bytes, bytes]:
    part = await Reports(pool).part(number, district)
    assert part is not None
    return part


Values = dict[tuple[str, str, str], str]


def values_of(sheet: bytes) -> Values:
    """Read a CSV: (section, item, figure) to value."""
    lines = csv.DictReader(io.StringIO(sheet.decode("utf-8-sig")))
    return {(line["section"], line["item"], line["figure"]): line["value"] for line in lines}


def told_by(tool: str, pdf: bytes, folder: Path, *words: str) -> str:
    """Ask one of poppler's tools about a PDF."""
    file = folder / "report.pdf"
    file.write_bytes(pdf)
    try:
        return subprocess.run(
            [tool, *words, file, *(["-"] if tool == "pdftotext" else [])], capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        pytest.skip("the PDF was not read: Debian's package `poppler-utils` is not installed")


async def csrf_of(client: httpx.AsyncClient) -> str:
    """Read the session's token from a supervisor's page."""
    page = (await client.get("/sup")).text
    return page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
