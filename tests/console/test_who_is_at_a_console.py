"""Who is at a console, through the door: whoever sees or hears the board is on duty, for half a minute."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.presence.postgres import manned, on_duty
from runtime.settings import Kafka, Postgres
from tests.console.running import NAME, Centre, centre, events, signed_in, token_of, with_street

pytestmark = [pytest.mark.door]
SCRIPT = {"X-Script": "1"}


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def is_manned(house: Centre) -> bool:
    async with house.pool.connection() as connection:
        return await manned(connection)


async def half_a_minute_later(house: Centre) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update presence set seen_at = seen_at - interval '31 seconds'")


async def test_whoever_opens_the_board_is_on_duty_and_nobody_after_half_a_minute_of_silence(house: Centre) -> None:
    assert not await is_manned(house)
    async with signed_in(house.url) as client:
        assert not await is_manned(house)  # signed in is not yet at the board
        page = (await client.get("/")).text
        assert await is_manned(house) and NAME in page
        await half_a_minute_later(house)
        assert not await is_manned(house)
        form = {"csrf": await token_of(client), "visible": "1", "audible": "0"}
        await half_a_minute_later(house)
        assert (await client.post("/console/presence", data=form, headers=SCRIPT)).status_code == 204
        assert await is_manned(house)


async def test_a_board_that_nobody_sees_or_hears_is_nobody(house: Centre) -> None:
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client), "visible": "0", "audible": "0"}
        await half_a_minute_later(house)
        assert (await client.post("/console/presence", data=form, headers=SCRIPT)).status_code == 204
        assert not await is_manned(house)
        heard = {**form, "audible": "1"}
        assert (await client.post("/console/presence", data=heard, headers=SCRIPT)).status_code == 204
        assert await is_manned(house)
        assert (await client.post("/console/presence", data={"visible": "1"}, headers=SCRIPT)).status_code == 403


async def test_whoever_signs_out_is_gone_at_once(house: Centre) -> None:
    async with signed_in(house.url) as client:
        await client.post("/sign-out", data={"csrf": await token_of(client)})
        assert not await is_manned(house)


async def test_every_page_is_told_who_is_on_duty(house: Centre) -> None:
    async with signed_in(house.url) as client:
        await client.get("/")
        heard = await events(client, "", lambda got: any(data.get("on_duty") == NAME for _, _, data in got))
        assert heard
    async with house.pool.connection() as connection:
        assert await on_duty(connection) == (NAME,)
