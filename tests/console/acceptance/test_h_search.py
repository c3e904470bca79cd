"""Search over everything, within the districts and the role of whoever asks."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from console.search.asked import read_search
from runtime.settings import Kafka, Postgres
from tests.console.building import STREET, a_finding
from tests.console.homes.living import a_lived_in_home
from tests.console.running import Centre, centre, signed_in, token_of, with_street


def test_what_is_typed_is_read_as_a_word_a_number_or_an_id() -> None:
    assert read_search("  이 순자 ").word == "이 순자"
    assert read_search("0000-3412").digits == "00003412"
    assert not read_search("은하빌라 201").digits
    assert not read_search("12").digits
    short = read_search("A-261122-1A2b")
    assert (short.day, short.alert) == ("261122", "1a2b")
    assert read_search("DEADBEEF").alert == "deadbeef"
    assert not read_search("강덕수").alert


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres, [a_lived_in_home("h-0004"), *(one for one in STREET if one.home_id != "h-0004")])
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def paths(client: httpx.AsyncClient, token: str, word: str) -> list[str]:
    answer = await client.post("/search", data={"csrf": token, "q": word})
    assert answer.status_code == 200, answer.text
    assert word not in str(answer.url)
    return re.findall(r'<li><a href="([^"]+)"', answer.text)


@pytest.mark.door
async def test_h_everything_is_found_by_what_it_is_called(house: Centre) -> None:
    alert = await house.found(a_finding("h-0002"))
    async with signed_in(house.url) as client:
        token = await token_of(client)
        assert await paths(client, token, "강덕수") == ["/homes/h-0005"]
        assert await paths(client, token, "h-0007") == ["/homes/h-0007", "/engineer/homes/h-0007/messages"]
        assert await paths(client, token, "19-4") == ["/homes/h-0007"]
        assert set(await paths(client, token, "죽림동")) == {"/homes/h-0001", "/homes/h-0006"}
        assert len(await paths(client, token, "3412")) == 10
        assert await paths(client, token, alert.alert_id) == [f"/alerts/{alert.alert_id}"]
        assert await paths(client, token, "motion-kit") == ["/homes/h-0004?tab=sensors"]
        assert await paths(client, token, "오세라") == ["/homes/h-0001?tab=people"]
        assert await paths(client, token, "가구") == ["/homes"]
        assert await paths(client, token, "없는 사람") == []


@pytest.mark.door
async def test_h_nobody_finds_what_they_may_not_see(house: Centre) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set districts = '{매화동}'")
    async with signed_in(house.url) as client:
        token = await token_of(client)
        assert await paths(client, token, "강덕수") == []
        assert set(await paths(client, token, "3412")) == {"/homes/h-0003", "/homes/h-0004"}
        async with house.pool.connection() as connection:
            await connection.execute("update console_account set roles = '{auditor}'")
        assert await paths(client, token, "이순자") == []
        assert await paths(client, token, "3412") == []
        assert await paths(client, token, "h-0004") == ["/homes/h-0004"]
