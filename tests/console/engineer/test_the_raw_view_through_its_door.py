from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from console.chain import Look
from console.postgres import ConsoleStore
from console.roles import GRANTS, Act, Role
from contracts import HeardMessage, HeardMessages, Objection, RefusalReason
from history.recording.batch import batch_of
from history.recording.postgres import Writer
from runtime import clock
from runtime.postgres import Pool
from runtime.settings import Kafka, Postgres
from tests.console.entry.people import step_up
from tests.console.running import NAME, Centre, browser_of, centre, signed_in, with_street
from tests.history.things import a_heard, a_record

pytestmark = [pytest.mark.door]

NOT_JSON = Objection(reason=RefusalReason.NOT_JSON, detail="expected JSON, got 9 bytes")


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def record(pool: Pool, *heard: HeardMessage, offset: int = 0) -> None:
    batch = batch_of([a_record(HeardMessages(messages=heard), offset)])
    writer = Writer(pool)
    await writer.write(batch, await writer.offsets(batch.ends))


async def test_an_engineer_sees_what_a_gateway_said_and_why_it_was_refused(house: Centre) -> None:
    now = clock.now()
    await record(
        house.pool, a_heard(b'{"occupancy":true}', at=now), a_heard(b"{{<script>", at=now, refusals=(NOT_JSON,))
    )
    async with signed_in(house.url) as client:
        page = (await client.get("/engineer/homes/h-0001/messages")).text
        assert "occupancy" in page and "not_json" in page and "게이트웨이의 템플릿을 확인하십시오" in page
        assert "{{&lt;script&gt;" in page and "<script>" not in page.replace('<script type="module"', "")
        refused = (await client.get("/engineer/homes/h-0001/messages?refused=1")).text
        assert "not_json" in refused and "occupancy" not in refused
        part = await client.get("/engineer/homes/h-0001/messages", headers={"X-Fragment": "1"})
        assert part.text.startswith('<section id="list"')
        client.cookies.set("language", "en")
        assert "look at the gateway" in (await client.get("/engineer/homes/h-0001/messages")).text


async def test_the_export_is_one_message_a_line_and_both_looks_are_logged(house: Centre) -> None:
    now = clock.now()
    await record(house.pool, a_heard(b"first", at=now), a_heard(b"second", at=now))
    async with signed_in(house.url) as client:
        await client.get("/engineer/homes/h-0001/messages")
        await step_up(client)
        answer = await client.get("/engineer/homes/h-0001/messages.ndjson")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert "attachment" in answer.headers["content-disposition"] and answer.headers["cache-control"] == "no-store"
    lines = [msgspec.json.decode(line, type=dict[str, object]) for line in answer.content.splitlines()]
    assert [line["payload_text"] for line in lines] == ["first", "second"]
    looks = [(line.account, line.subject, line.what) for line in await ConsoleStore(house.pool).access_lines()]
    assert looks == [(NAME, "h-0001", Look.MESSAGES_READ), (NAME, "h-0001", Look.MESSAGES_EXPORTED)]


async def test_the_list_leads_to_homes_with_refusals_and_to_strangers(house: Centre) -> None:
    now = clock.now()
    await record(house.pool, a_heard(home="h-0007", at=now, refusals=(NOT_JSON,)))
    await record(house.pool, a_heard(b"lost", home="h-9999", at=now, stranger=True), offset=1)
    async with signed_in(house.url) as client:
        page = (await client.get("/engineer")).text
        assert page.index("h-0007") < page.index("h-0001") and "/unprotected" in page
        assert "등록되지 않은 가구의 메시지" in page
        found = (await client.get("/engineer?q=H-0003")).text
        assert "h-0003" in found and "h-0001" not in found
        assert "'&lt;x'이(가) 들어간 가구가 없습니다" in (await client.get("/engineer?q=<x")).text.replace("&#39;", "'")
        assert "lost" in (await client.get("/engineer/homes/strangers/messages")).text
        claimed = (await client.get("/engineer/homes/h-9999/messages")).text
        assert "lost" in claimed and "등록되지 않은 가구입니다" in claimed
        assert (await client.get("/engineer/homes/H%20X/messages")).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if Act.RAW_READ not in GRANTS[role]])
async def test_x3_a_raw_view_is_an_engineers_alone(house: Centre, role: Role) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set roles = array[%(role)s]", {"role": role.value})
    async with signed_in(house.url) as client:
        for path in ("messages", "messages.ndjson"):
            assert (await client.get(f"/engineer/homes/h-0001/{path}")).status_code == 403


async def test_nobody_sees_a_raw_view_without_signing_in(house: Centre) -> None:
    async with browser_of(house.url) as client:
        for path in ("/engineer", "/engineer/homes/h-0001/messages", "/engineer/homes/h-0001/messages.ndjson"):
            assert (await client.get(path)).status_code == 303
        part = await client.get("/engineer/homes/h-0001/messages", headers={"X-Fragment": "1"})
        assert part.status_code == 401
