"""L2, L3, L6, L7: forged posts, stolen cookies, codes used twice, and paths that lead elsewhere."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.entry.people import code_at, csrf_of, enrolled
from tests.console.running import NAME, PASSWORD, Centre, browser_of, centre, signed_in, with_street

pytestmark = [pytest.mark.door]


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_SECOND_FACTOR="required") as running:
        yield running


async def test_l2_a_post_from_another_site_is_refused(house: Centre) -> None:
    async with signed_in(house.url) as client:
        csrf = await csrf_of(client, "/second-factor/enrol")
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            assert (await client.post("/sign-out", data={"csrf": csrf}, headers=headers)).status_code == 403
        assert (await client.post("/sign-out", data={"csrf": "made up"})).status_code == 403
        assert (await client.get("/second-factor/enrol")).status_code == 200


async def test_l3_a_stolen_cookie_is_worth_nothing_after_sign_out(house: Centre) -> None:
    async with signed_in(house.url) as client:
        stolen = {"Cookie": f"dolbom_session={client.cookies['dolbom_session']}", "X-Script": "1"}
        await enrolled(client)
        assert (await client.get("/console/snapshot", headers=stolen)).status_code == 200
        csrf = await csrf_of(client)
        assert (await client.post("/sign-out", data={"csrf": csrf})).status_code == 303
        for path in ("/", "/console/snapshot", "/account", "/alerts/one"):
            assert (await client.get(path, headers=stolen)).status_code == 401


async def test_l6_a_code_lets_in_once_and_a_password_alone_shows_nothing(house: Centre) -> None:
    async with signed_in(house.url) as client:
        for path in ("/", "/account", "/alerts/one", "/homes/h-0001"):
            led = await client.get(path)
            assert (led.status_code, led.headers["location"].split("?")[0]) == (303, "/second-factor/enrol")
        assert (await client.get("/console/snapshot")).status_code == 401
        secret, papers, used = await enrolled(client)
        assert (await client.get("/")).status_code == 200 and len(set(papers)) == 10
    async with signed_in(house.url) as client:
        assert (await client.get("/")).headers["location"].startswith("/second-factor?")
        assert (await client.get("/second-factor/enrol")).headers["location"] == "/second-factor"
        csrf = await csrf_of(client, "/second-factor")
        refused = await client.post("/second-factor", data={"csrf": csrf, "code": used})
        assert refused.status_code == 401 and "이미 쓴" in refused.text
        # The next half minute's code is as good on a telephone whose clock runs ahead.
        fresh = code_at(secret, clock.now() + timedelta(seconds=30))
        let_in = await client.post("/second-factor", data={"csrf": csrf, "code": fresh, "next": "/account"})
        assert (let_in.status_code, let_in.headers["location"]) == (303, "/account")
        assert (await client.get("/account")).status_code == 200
    for paper, good in ((papers[0], True), (papers[0], False), (papers[1].lower(), True)):
        async with signed_in(house.url) as client:
            csrf = await csrf_of(client, "/second-factor")
            answer = await client.post("/second-factor", data={"csrf": csrf, "code": paper})
            assert answer.status_code == (303 if good else 401)


async def test_l6_guessed_codes_make_one_wait_as_guessed_passwords_do(house: Centre) -> None:
    async with signed_in(house.url) as client:
        await enrolled(client)
    async with signed_in(house.url) as client:
        csrf = await csrf_of(client, "/second-factor")
        answers = [await client.post("/second-factor", data={"csrf": csrf, "code": f"00000{n}"}) for n in range(7)]
        assert [answer.status_code for answer in answers].count(401) == 5
        assert answers[-1].status_code == 429
        # The right password gives no new guesses.
        again = await client.post("/sign-in", data={"name": NAME, "password": PASSWORD})
        assert again.status_code == 429


async def test_l7_a_path_that_leads_elsewhere_is_refused(house: Centre) -> None:
    elsewhere = ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)")
    async with browser_of(house.url) as client:
        for path in elsewhere:
            data = {"name": NAME, "password": PASSWORD, "next": path}
            assert (await client.post("/sign-in", data=data)).headers["location"] == "/"
            assert (await client.post("/preferences", data={"language": "en", "next": path})).headers["location"] == "/"
        _, papers, _ = await enrolled(client)
        for path, paper in zip(elsewhere, papers, strict=False):
            csrf = await csrf_of(client)
            data = {"csrf": csrf, "code": paper, "next": path}
            assert (await client.post("/step-up", data=data)).headers["location"] == "/"
            assert (await client.post("/lock", data={"csrf": csrf, "next": path})).headers[
                "location"
            ] == "/locked?next=/"
            opened = await client.post("/unlock", data={"csrf": csrf, "pin": PASSWORD, "next": path})
            assert opened.headers["location"] == "/"
