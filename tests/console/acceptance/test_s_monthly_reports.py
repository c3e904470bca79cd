"""S: a report is the same in PDF, CSV and database, opens safely, says when there is nothing, and is soon there."""

import os
import random
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerts.figures.figures import figures_of
from alerts.figures.postgres import cases
from console.reports.monthly.postgres import Reports
from console.reports.monthly.service import Press
from console.reports.monthly.sheets import BOM, Cell, Report, Row, Sheet, csv_of
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.console.building import RENDERER
from tests.console.reports.making import OCTOBER, made, ordered, part_of, told_by, values_of
from tests.console.reports.seeding import BEGINS, PEOPLE, a_month_of, with_dongs, write

pytestmark = [pytest.mark.door]

DAYS = timedelta(days=31)
#: Said by plain SQL, not by the program's.
PLAIN = """
    with told as (
        select a.*, outcome ->> 'code' as code, hazard in ('help', 'fall', 'fire', 'temperature') as call,
            (select min(at) from alert_log l where l.alert_id = a.alert_id and change = 'acknowledged') as answer
        from alert a join home h using (home_id)
        where to_char(opened_at at time zone 'Asia/Seoul', 'YYYY-MM') = '2026-10'
            and (%(district)s = '' or h.district_id = %(district)s)
    )
    select count(*),
        count(*) filter (where hazard = 'stillness'),
        count(*) filter (where hazard in ('sensor', 'protection')),
        count(*) filter (where code like 'E%%'), count(*) filter (where code like 'N%%'),
        count(*) filter (where severity = 'caution'),
        count(*) filter (where call and answer - opened_at <= interval '60 s'),
        count(*) filter (where call and answer is not null),
        (select count(*) from alert_log l join told using (alert_id) where change = 'arrived')
    from told
"""
SAID = [
    ("kinds", "total", "count"),
    ("kinds", "inactivity", "count"),
    ("kinds", "technical", "count"),
    ("outcomes", "emergency", "count"),
    ("outcomes", "no_emergency", "count"),
    ("severities", "caution", "count"),
    ("response", "answered_in_60", "hit"),
    ("response", "answered_in_60", "of"),
    ("actions", "arrived", "count"),
]


@pytest.fixture
async def city(postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(postgres) as pool:
        await write(pool, a_month_of(await with_dongs(pool, 3), 240, random.Random(20261122)))
        yield pool


async def test_s1_the_pdf_the_csv_and_the_database_say_the_same(city: Pool, tmp_path: Path) -> None:
    number = await made(city)
    for district in ("d-000", "d-002", ""):
        pdf, sheet = await part_of(city, number, district)
        values = values_of(sheet)
        async with city.connection() as connection:
            row = await (await connection.execute(PLAIN, {"district": district})).fetchone()
        assert row is not None and [values[key] for key in SAID] == [f"{count}" for count in row]
        text = " ".join(told_by("pdftotext", pdf, tmp_path, "-layout").split())
        for label, key in (("합계", SAID[0]), ("무활동", SAID[1]), ("응급 아님", SAID[4]), ("주의", SAID[5])):
            assert f"{label} {values[key]} " in text, (district, label)
        whole = figures_of(await cases(city, BEGINS, BEGINS + DAYS, [district] if district else []), clock.now())
        in_60 = whole.share("answered_in_60")
        assert f"60초 안에 응답 {100 * in_60.hit / in_60.of:.1f} % {in_60.hit} {in_60.of} 97.5 %" in text
        assert values["response", "answered_in_60", "share"] == f"{in_60.share:.4f}"


async def test_s1_the_pdf_is_tagged_has_its_fonts_and_page_numbers_and_names_nobody(city: Pool, tmp_path: Path) -> None:
    number = await made(city)
    for district in ("d-000", ""):
        pdf, sheet = await part_of(city, number, district)
        told = told_by("pdfinfo", pdf, tmp_path)
        assert re.search(r"Tagged:\s+yes", told) and "A4" in told
        assert "pdfuaid" in told_by("pdfinfo", pdf, tmp_path, "-meta")
        fonts = told_by("pdffonts", pdf, tmp_path).splitlines()[2:]
        assert fonts and all(re.search(r"\s+yes\s+yes\s+yes\s+\d+\s+0$", font) for font in fonts), fonts
        text = told_by("pdftotext", pdf, tmp_path)
        pages = int(re.findall(r"Pages:\s+(\d+)", told)[0])
        assert all(f"{page}/{pages}" in text.replace(" ", "") for page in range(1, pages + 1))
        for name in ("황보비밀", "비밀로", "h-00000", *PEOPLE):
            assert name not in text and name not in sheet.decode()


async def test_s2_the_csv_opens_with_hangul_and_computes_nothing(city: Pool) -> None:
    async with city.connection() as connection:
        await connection.execute("update district set dong = '=HYPERLINK(\"http://x\")' where district_id = 'd-000'")
    _, sheet = await part_of(city, await made(city))
    assert sheet.startswith(BOM) and b"\r\n" in sheet
    evil = [f"{head}1+1" for head in "=+-@\t\r"]
    rows = tuple(Row(key=text, said="", cells=(Cell(text=text, plain=text),)) for text in evil)
    report = Report(
        month=OCTOBER,
        district_id="d-000",
        dong="=1+1",
        outside=False,
        counted_at=BEGINS,
        sheets=(Sheet(key="s", figures=("f",), heads=("f",), rows=rows),),
    )
    values = values_of(csv_of([report]))
    assert values == {("s", f"'{text}", "f"): f"'{text}" for text in evil}
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for cell in sheet.decode("utf-8-sig").split(","))
    _, only = await part_of(city, await made(city, only="d-000"), "d-000")
    assert only.decode("utf-8-sig").count("'=HYPERLINK") > 9


async def test_s3_an_empty_month_says_so(city: Pool, tmp_path: Path) -> None:
    number = await ordered(city, month=date(2026, 3, 1), only="d-001")
    await Press(city, RENDERER).turn()
    pdf, sheet = await part_of(city, number, "d-001")
    text = told_by("pdftotext", pdf, tmp_path)
    assert text.count("해당 없음") == 9 and "가구" in text
    values = values_of(sheet)
    assert values["overview", "alerts", "value"] == "0" and values["overview", "homes", "value"] == "4"
    assert {section for section, _, _ in values} == {"overview"}


async def test_s4_many_dongs_are_printed_soon(postgres: Postgres) -> None:
    whole = os.environ.get("DOLBOM_RUN_LONG") == "1"
    dongs, alerts = (100, 10_000) if whole else (4, 200)
    async with pooled(postgres) as pool:
        await write(pool, a_month_of(await with_dongs(pool, dongs), alerts, random.Random(4)))
        began = clock.ticks()
        number = await made(pool)
        took = clock.ticks() - began
        order = await Reports(pool).find(number)
    assert order and order.finished_at and not order.failure and set(order.made) == set(order.wanted)
    print(f"S4: {dongs} dongs with {alerts} alerts in {took:.1f} s, {took / dongs:.2f} s each")  # noqa: T201
    assert not whole or took < 300
