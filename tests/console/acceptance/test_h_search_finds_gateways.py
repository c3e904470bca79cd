"""H: gateways are found by whoever looks after devices, within their districts, and without a name that is masked."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from console.chain import Look
from console.roles import Role
from console.search.asked import read_search
from runtime.settings import Kafka, Postgres
from tests.console.acceptance.test_h_search import paths
from tests.console.entry.people import as_one, csrf_of, lines_of, with_account
from tests.console.running import Centre, centre, with_street

NAME, SERIAL = "Hanbit-GW 이순자 님 댁", "4f1c9a77b0e25d3381aa"
NAMED = "insert into gateway_declaration values (%s, 'homeassistant', %s, '', now())"
CLAIMED = (
    "with claim as (insert into enrolment_claim (home_id, selector, digest, made_by, expires_at)"
    " values ('h-0003', 's', '', 'tests', now()) returning claim_id)"
    " insert into enrolment_credential (home_id, claim_id, kind, request, serial)"
    " select 'h-0003', claim_id, 'certificate', '', %s from claim"
)


def test_a_serial_number_is_read_as_openssl_and_browsers_print_it() -> None:
    assert read_search("4F:1C:9A:77:B0").serial == read_search("4f1c9a77b0").serial == "4f1c9a77b0"
    assert not read_search("h-0003").serial and not read_search("4f1c").serial and not read_search("::::::::").serial


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        async with running.pool.connection() as connection:
            await connection.execute(NAMED, ("h-0003", NAME))
            await connection.execute(NAMED, ("h-0001", "hanbit-gw in 죽림동"))
            await connection.execute(CLAIMED, (SERIAL,))
        await with_account(running.pool, "기사", Role.ENGINEER)
        await with_account(running.pool, "매화 기사", Role.ENGINEER, districts=["매화동"])
        await with_account(running.pool, "관제", Role.OPERATOR)
        await with_account(running.pool, "감사", Role.AUDITOR)
        yield running


async def gateways(client: httpx.AsyncClient, token: str, word: str) -> list[str]:
    answer = await client.post("/search", data={"csrf": token, "q": word})
    assert answer.status_code == 200 and word not in f"{answer.url}"
    section = re.search(r'id="found-gateways".*?</section>', answer.text, re.DOTALL)
    return re.findall(r'href="([^"]+)"', section[0]) if section else []


@pytest.mark.door
async def test_h_an_engineer_finds_a_gateway_and_is_led_to_its_messages(house: Centre) -> None:
    def raw(*homes: str) -> list[str]:
        return [f"/engineer/homes/{home}/messages" for home in homes]

    async with as_one(house, "기사") as client:
        token = await csrf_of(client)
        assert await gateways(client, token, "HANBIT-gw") == raw("h-0001", "h-0003")
        assert await gateways(client, token, "h-0007") == raw("h-0007")
        assert await gateways(client, token, "4F:1C:9A:77") == raw("h-0003")
        assert await gateways(client, token, "ffffffff") == []
        assert (await client.get(raw("h-0003")[0])).status_code == 200
    async with as_one(house, "매화 기사") as client:
        token = await csrf_of(client)
        assert await gateways(client, token, "hanbit") == raw("h-0003")
        assert await gateways(client, token, "h-0001") == []
    assert await lines_of(house.pool, Look.SEARCHED)


@pytest.mark.door
async def test_h_who_may_not_read_messages_is_led_to_the_home_and_a_masked_reader_sees_no_name(house: Centre) -> None:
    async with as_one(house, "관제") as client:
        token = await csrf_of(client)
        assert await gateways(client, token, "hanbit-gw 이순자") == ["/homes/h-0003?tab=sensors"]
        assert await gateways(client, token, "h-0003") == [], "the home itself is found"
    async with as_one(house, "감사") as client:
        token = await csrf_of(client)
        assert await paths(client, token, "hanbit-gw") == []
        found = await client.post("/search", data={"csrf": token, "q": SERIAL})
        assert 'href="/homes/h-0003?tab=sensors"' in found.text and "Hanbit" not in found.text
