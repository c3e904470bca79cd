"""Which token may ask for what, as the one table has it; and what happens to one that is not good."""

import re

import pytest

from console.api.giving.access import take
from console.api.scopes import Scope
from console.api.table import OPERATIONS, ROOT
from console.chain import first_break
from console.matrix import PATHS
from console.postgres import ConsoleStore
from runtime import clock
from tests.console.api.asking import Api
from tests.console.building import a_finding

pytestmark = [pytest.mark.door]

GUARDED = [one for one in OPERATIONS if one.scope is not None]


def filled(path: str) -> str:
    ids = {"home_id": "h-0001", "alert_id": "0" * 24, "webhook_id": "wh-" + "0" * 16}
    return re.sub(r"\{(\w+)\}", lambda part: ids[part[1]], path)


def test_every_path_of_the_table_has_its_row_in_the_consoles() -> None:
    rows = {row for row in PATHS if row[1].startswith(f"{ROOT}/")}
    assert rows == {(one.method, one.path) for one in OPERATIONS}
    assert all(PATHS[row] is None for row in rows)


async def test_a_token_opens_the_paths_of_its_scope_and_no_other(house: Api) -> None:
    for number, scope in enumerate(Scope):
        token = await house.give(f"only-{number}", [scope])
        async with house.client(token) as client:
            for one in GUARDED:
                got = await client.request(one.method, filled(one.path))
                assert (got.status_code == 403) == (one.scope is not scope), (scope, one.name, got.text)


async def test_without_a_good_token_nothing_is_open_and_a_cookie_is_not_looked_at(house: Api) -> None:
    taken = await house.give("taken-back")
    assert await take(house.pool, "taken-back", by="tests", now=clock.now())
    over = await house.give("is-over", days=1)
    async with house.pool.connection() as connection:
        await connection.execute("update api_token set expires_at = now() where token_id = 'is-over'")
    forged = house.token[:-3] + "xyz"
    for header in ("", "Bearer", "Basic abc", f"Bearer {taken}", f"Bearer {over}", f"Bearer {forged}", house.token):
        async with house.client(Authorization=header, Cookie="dolbom_session=a.b") as client:
            for one in GUARDED[:3]:
                got = await client.request(one.method, filled(one.path))
                assert got.status_code == 401, (header, one.name)
                assert got.headers["WWW-Authenticate"].startswith("Bearer")
                assert got.json()["type"] == "urn:dolbom:problem:no_token" and got.json()["mend"]


async def test_a_token_that_asks_too_often_waits_and_the_others_do_not(house: Api) -> None:
    slow = await house.give("slow", per_minute=2)
    async with house.client(slow) as client:
        answers = [await client.get(f"{ROOT}/alerts") for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 30
    async with house.client() as client:
        assert (await client.get(f"{ROOT}/alerts")).status_code == 200


async def test_made_up_tokens_of_an_address_are_told_to_wait_and_its_good_token_is_not(house: Api) -> None:
    made_up = house.token[:-3] + "xyz"
    async with house.client(made_up) as client:
        answers = [(await client.get(f"{ROOT}/alerts")).status_code for _ in range(60)]
        assert answers == [401] * 60
        # One more is let through each second: a slow machine asks a little longer.
        while answers[-1] == 401 and len(answers) < 600:
            answers.append((await client.get(f"{ROOT}/alerts")).status_code)
    assert answers[-1] == 429
    async with house.client() as client:
        assert (await client.get(f"{ROOT}/alerts")).status_code == 200


async def test_a_token_sees_its_districts_only(house: Api) -> None:
    mine, other = await house.found(a_finding("h-0003")), await house.found(a_finding("h-0001"))
    token = await house.give("one-dong", districts=["매화동"])
    async with house.client(token) as client:
        homes = (await client.get(f"{ROOT}/homes")).json()["items"]
        assert [home["home_id"] for home in homes] == ["h-0003", "h-0004"]
        assert (await client.get(f"{ROOT}/homes/h-0001")).status_code == 404
        alerts = (await client.get(f"{ROOT}/alerts")).json()["items"]
        assert [alert["alert_id"] for alert in alerts] == [mine.alert_id]
        assert (await client.get(f"{ROOT}/alerts/{other.alert_id}")).status_code == 404
        assert (await client.get(f"{ROOT}/alerts/{other.alert_id}/timeline")).status_code == 404
        stolen = await client.post(f"{ROOT}/alerts/{other.alert_id}/acknowledge", headers={"If-Match": '"1"'})
        assert stolen.status_code == 404


async def test_every_look_of_a_system_is_in_the_chain_with_its_account(house: Api) -> None:
    alert = await house.found(a_finding("h-0003"))
    async with house.client() as client:
        await client.get(f"{ROOT}/homes")
        await client.get(f"{ROOT}/homes/h-0003")
        await client.get(f"{ROOT}/alerts/{alert.alert_id}")
    lines = await ConsoleStore(house.pool).access_lines()
    assert first_break(lines) is None
    assert [(line.account, line.subject, line.what, line.task) for line in lines] == [
        ("api:everything", "list", "api_homes_listed", "list_homes"),
        ("api:everything", "h-0003", "api_home_read", "read_home"),
        ("api:everything", "h-0003", "api_alert_read", "read_alert"),
    ]


async def test_a_secret_is_kept_nowhere(house: Api) -> None:
    secret = house.token.rsplit("_", 1)[-1] if house.token.count("_") == 2 else house.token.split("_", 2)[2]
    async with house.pool.connection() as connection:
        row = await (await connection.execute("select api_token::text from api_token")).fetchone()
    assert row is not None and secret not in f"{row[0]}"


async def test_where_there_is_nothing_a_problem_says_so(house: Api) -> None:
    async with house.client() as client:
        nowhere = await client.get(f"{ROOT}/nowhere")
        assert nowhere.status_code == 404 and nowhere.headers["Content-Type"] == "application/problem+json"
        wrong = await client.delete(f"{ROOT}/alerts")
        assert wrong.status_code == 405 and wrong.headers["Allow"] == "GET, HEAD"
        korean = await client.get(f"{ROOT}/nowhere", headers={"Accept-Language": "ko-KR,en;q=0.5"})
        assert korean.json()["title"] == "없음" and korean.headers["Content-Language"] == "ko"
