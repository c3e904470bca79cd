import asyncio
import re
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from console.chain import Look
from console.engineer.walk.service import APT_PACKAGES, Printer, Unprintable, Walks
from console.postgres import ConsoleStore
from contracts import HoldKind, HomeId, Reading, SensorId, Value, WatchedSensor, kind_of, reading_id
from contracts.values import Contact, HelpButton, LinkQuality
from history.recording.batch import batch_of
from history.recording.postgres import Writer
from homes.model import Home
from homes.postgres import HomeStore
from homes.walk_test import begun
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool
from runtime.settings import Kafka, Postgres
from tests.console.building import KO, a_home
from tests.console.running import NAME, Centre, browser_of, centre, signed_in, token_of, with_street
from tests.history.things import a_batch, a_record
from tests.until import until

pytestmark = [pytest.mark.door]

HOME = HomeId("h-0001")
WALK = f"/engineer/homes/{HOME}/walk"
SENSORS = (
    WatchedSensor(sensor_id=SensorId("button"), kind="help_button", room="안방"),
    WatchedSensor(sensor_id=SensorId("door"), kind="contact", room="현관"),
)


def a_home_with_sensors() -> Home:
    return replace(a_home(HOME), sensors=SENSORS)


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres, [a_home_with_sensors(), a_home("h-0002")])
    async with centre(tmp_path, postgres, kafka) as running:
        await Writer(running.pool).keep()
        yield running


async def heard(pool: Pool, *said: tuple[str, Value]) -> None:
    """Let history hear these sensors now."""
    now = clock.now()
    readings = [
        Reading(
            reading_id=reading_id(HOME, sensor, kind=kind_of(value), mark=f"{now}{place}"),
            home_id=HOME,
            sensor_id=SensorId(sensor),
            observed_at=now + timedelta(microseconds=place),
            received_at=now + timedelta(microseconds=place),
            value=value,
        )
        for place, (sensor, value) in enumerate(said)
    ]
    batch = batch_of([a_record(a_batch(*readings, at=now), int(now.timestamp() * 1e6))])
    writer = Writer(pool)
    await writer.write(batch, await writer.offsets(batch.ends))


async def post(client: httpx.AsyncClient, what: str) -> httpx.Response:
    return await client.post(f"{WALK}/{what}", data={"csrf": await token_of(client)})


async def tiles(client: httpx.AsyncClient) -> dict[str, str]:
    part = await client.get(WALK, headers={"X-Fragment": "1"})
    told = re.findall(r'class="tile (\w+)[^"]*" data-sensor="(\w+)"', part.text)
    return {sensor: proof for proof, sensor in told}


def opened(pdf: bytes) -> bytes:
    """Take the streams of a PDF out of their compression."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(one) for one in streams if one.startswith(b"x"))


async def test_sensors_are_proven_one_by_one_and_the_result_is_kept(house: Centre) -> None:
    async with signed_in(house.url) as client:
        assert "2개를" in (await client.get(WALK)).text
        assert (await post(client, "start")).headers["location"] == WALK
        home = await HomeStore(house.pool).watched(HOME)
        assert home is not None and [hold.kind for hold in home.holds] == [HoldKind.TEST]
        assert await tiles(client) == {"button": "not_heard", "door": "not_heard"}
        await heard(
            house.pool, ("button", HelpButton()), ("button", LinkQuality(score=140)), ("door", Contact(open=True))
        )
        assert await tiles(client) == {"button": "proven", "door": "heard"}
        result = await client.get((await post(client, "stop")).headers["location"])
        assert "불합격" in result.text and "문 열림 센서 · 현관 (door): 신호만 옴" in result.text
        home = await HomeStore(house.pool).watched(HOME)
        assert home is not None and home.holds[0].until_at <= clock.now()
        await post(client, "start")
        await heard(house.pool, ("button", HelpButton()), ("door", Contact(open=True)), ("door", Contact(open=False)))
        passed = await client.get((await post(client, "stop")).headers["location"])
        assert "합격" in passed.text and "불합격" not in passed.text
        page = (await client.get(WALK)).text
        assert page.index("합격") < page.index("불합격")
    looks = {(line.account, line.subject, line.what) for line in await ConsoleStore(house.pool).access_lines()}
    assert looks == {(NAME, HOME, Look.WALK_TEST)}


async def test_a_form_that_is_not_ours_begins_no_test(house: Centre) -> None:
    async with signed_in(house.url) as client:
        assert (await client.post(f"{WALK}/start", data={"csrf": "made up"})).status_code == 403
        assert (await client.get(f"{WALK}/start")).status_code == 405
        assert (
            await client.post("/engineer/homes/h-none/walk/start", data={"csrf": await token_of(client)})
        ).status_code == 404
        assert (await client.get("/engineer/walks/none")).status_code == 404
        assert (await client.get("/engineer/walks/none.pdf")).status_code == 404
    async with browser_of(house.url) as stranger:
        assert (await stranger.post(f"{WALK}/start", data={"csrf": ""})).status_code == 303
    home = await HomeStore(house.pool).watched(HOME)
    assert home is not None and not home.holds


async def test_who_puts_a_home_to_the_test_is_in_the_log_before_its_cries_stay_inside(house: Centre) -> None:
    async with signed_in(house.url) as client:
        begun_by_script = await post(client, "start")
        assert begun_by_script.status_code == 303
        (line,) = await ConsoleStore(house.pool).access_lines()
        assert (line.account, line.subject, line.what) == (NAME, HOME, Look.WALK_TEST)


async def test_two_engineers_share_one_test(house: Centre) -> None:
    async with signed_in(house.url) as client:
        token = {"csrf": await token_of(client)}
        answers = await asyncio.gather(*(client.post(f"{WALK}/start", data=token) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {303}
        home = await HomeStore(house.pool).watched(HOME)
        assert home is not None and len(home.holds) == 1


async def test_w3_a_test_ends_by_itself_though_the_telephone_died(house: Centre) -> None:
    walks = Walks(house.pool)
    test = begun(HOME, NAME, clock.now() - timedelta(minutes=31))
    await walks.store.start(test)
    life = Life()
    sweeping = asyncio.ensure_future(walks.sweep(life))

    async def over() -> bool:
        return await walks.store.running(HOME) is None

    await until(over, what="the test has its result")
    life.stopping.set()
    await sweeping
    done = await walks.store.load(test.test_id)
    assert done is not None and done.ended_at == test.until_at and not done.passed


async def test_a_page_that_is_open_when_the_test_is_over_leads_to_its_result(house: Centre) -> None:
    test = begun(HOME, NAME, clock.now() - timedelta(minutes=30, seconds=1))
    await Walks(house.pool).store.start(test)
    async with signed_in(house.url) as client:
        part = await client.get(WALK, headers={"X-Fragment": "1"})
        assert (part.status_code, part.headers["x-over"]) == (410, f"/engineer/walks/{test.test_id}")


async def test_a_result_is_printed_as_a_tagged_certificate(house: Centre) -> None:
    async with signed_in(house.url) as client:
        await post(client, "start")
        await heard(house.pool, ("button", HelpButton()))
        path = (await post(client, "stop")).headers["location"]
        answer = await client.get(f"{path}.pdf", timeout=40)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    inside = opened(answer.content)
    assert answer.content.startswith(b"%PDF") and b"pdfuaid:part" in inside and b"/StructTreeRoot" in inside
    assert b"/Lang (ko)" in inside and b"NotoSansCJK" in inside.replace(b" ", b"")
    looks = [line.what for line in await ConsoleStore(house.pool).access_lines()]
    assert Look.CERTIFICATE in looks


async def test_a_printer_without_its_libraries_says_what_to_install(tmp_path: Path) -> None:
    missing = tmp_path / "weasyprint.py"
    missing.write_text("raise OSError(\"cannot load library 'libpangoft2-1.0-0'\")")
    with pytest.raises(Unprintable, match=r"walk\.print_missing") as why:
        await Printer(path=str(tmp_path)).print("<html></html>")
    assert "apt-get install" in KO(str(why.value), packages=APT_PACKAGES)
    missing.write_text("raise ZeroDivisionError")
    with pytest.raises(Unprintable, match=r"walk\.print_failed"):
        await Printer(path=str(tmp_path)).print("<html></html>")
    missing.write_text("import threading\nthreading.Event().wait(60)")
    with pytest.raises(Unprintable, match=r"walk\.print_slow"):
        await Printer(path=str(tmp_path), seconds=1.0).print("<html></html>")
