import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from alerts.events import Found, Resolve
from alerts.links import make_token
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.postgres import AlertStore
from console.chain import first_break
from console.feed import read_mark
from console.postgres import ConsoleStore
from console.service import check
from contracts import AlertState, Hazard, Severity
from deploy.embedded.children import loopback_port
from homes.model import Street
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import BadSettings, Kafka, Postgres, Settings
from tests.console.building import CARER, DAUGHTER, STREET, a_finding
from tests.console.running import (
    NAME,
    PASSWORD,
    SECRET,
    Centre,
    browser_of,
    centre,
    events,
    signed_in,
    start,
    token_of,
    with_street,
)
from tests.until import until

pytestmark = [pytest.mark.door]


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def test_nobody_sees_the_board_without_signing_in(house: Centre) -> None:
    await house.found(a_finding("h-0001"))
    async with browser_of(house.url) as client:
        assert (await client.get("/")).status_code == 303
        assert (await client.get("/console/snapshot")).status_code == 401
        assert (await client.get("/console/feed")).status_code == 401
        wrong = await client.post("/sign-in", data={"name": NAME, "password": "not the password"})
        assert wrong.status_code == 401 and "맞지 않습니다" in wrong.text
        assert (await client.post("/sign-in", data={"name": "nobody", "password": PASSWORD})).status_code == 401
        assert (await client.get("/")).status_code == 303
    async with signed_in(house.url) as client:
        page = await client.get("/")
        assert "최말순" in page.text and page.headers["cache-control"] == "no-store"
        assert "default-src 'self'" in page.headers["content-security-policy"]


async def test_a_session_is_worth_nothing_after_sign_out(house: Centre) -> None:
    async with signed_in(house.url) as client:
        cookie = client.cookies["dolbom_session"]
        await client.post("/sign-out", data={"csrf": await token_of(client)})
        assert (await client.get("/", headers={"Cookie": f"dolbom_session={cookie}"})).status_code == 303


async def test_wrong_passwords_make_one_wait(house: Centre) -> None:
    async with browser_of(house.url) as client:
        wrong = {"name": NAME, "password": "wrong"}
        statuses = [(await client.post("/sign-in", data=wrong)).status_code for _ in range(6)]
        assert statuses[:5] == [401] * 5
        assert (await client.post("/sign-in", data=wrong)).status_code == 429


async def test_the_second_who_takes_an_alert_learns_who_has_it(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client), "version": str(alert.version)}
        script = {"X-Script": "1"}
        assert (await client.post(f"/alerts/{alert.alert_id}/ack", data=form, headers=script)).status_code == 204
        taken = await house.store.alert(alert.alert_id)
        assert taken is not None and taken.owner == NAME
    async with signed_in(house.url) as client:
        await house.pool.open()
        async with house.pool.connection() as connection:
            await connection.execute("update alert set owner = '박도윤'")
        late = await client.post(
            f"/alerts/{alert.alert_id}/ack", data={**form, "csrf": await token_of(client)}, headers=script
        )
        assert late.status_code == 409 and "박도윤" in late.text


async def test_an_alert_is_closed_only_with_an_outcome(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    path, script = f"/alerts/{alert.alert_id}/resolve", {"X-Script": "1"}
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client), "resolved_by": "resident", "version": str(alert.version)}
        assert (await client.post(path, data=form, headers=script)).status_code == 422
        assert (await client.post(path, data={**form, "outcome": "Z9"}, headers=script)).status_code == 422
        assert (await client.post(path, data={**form, "outcome": "N1"}, headers=script)).status_code == 204
        assert (await client.post(path, data={**form, "outcome": "N1"}, headers=script)).status_code == 410
        assert (await client.post(f"/alerts/{alert.alert_id}/dance", data=form, headers=script)).status_code == 404
        nowhere = path.replace(alert.alert_id, "none")
        assert (await client.post(nowhere, data={**form, "outcome": "N1"}, headers=script)).status_code == 404
    closed = await house.store.alert(alert.alert_id)
    assert closed is not None and closed.state is AlertState.RESOLVED and closed.outcome is not None


async def test_the_next_people_are_called_once_by_a_stale_button(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    path, script = f"/alerts/{alert.alert_id}/escalate", {"X-Script": "1"}
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client), "step": str(alert.step)}
        assert (await client.post(path, data={**form, "step": ""}, headers=script)).status_code == 422
        assert (await client.post(path, data=form, headers=script)).status_code == 204
        after = await house.store.alert(alert.alert_id)
        assert after is not None and after.version > alert.version
        assert (await client.post(path, data={**form, "step": "9"}, headers=script)).status_code == 409


async def test_without_a_script_forms_lead_back_to_the_page(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client), "text": "전화함, 받지 않음"}
        answer = await client.post(f"/alerts/{alert.alert_id}/note", data=form)
        assert answer.status_code == 303 and answer.headers["location"] == f"/alerts/{alert.alert_id}"
        assert "전화함, 받지 않음" in (await client.get(answer.headers["location"])).text


async def test_another_site_cannot_act(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    path = f"/alerts/{alert.alert_id}/ack"
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client), "version": str(alert.version)}
        for site in ("cross-site", "same-site", "none"):
            assert (await client.post(path, data=form, headers={"Sec-Fetch-Site": site})).status_code == 403
        assert (await client.post(path, data={**form, "csrf": "made up"})).status_code == 403
        assert (await client.post(path, data={"version": "1"})).status_code == 403
    untouched = await house.store.alert(alert.alert_id)
    assert untouched is not None and untouched.owner is None


async def test_looking_at_a_link_changes_nothing_and_a_press_does(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    token = make_token(SECRET, alert.alert_id, CARER.responder_id, clock.now() + timedelta(hours=1))
    async with browser_of(house.url) as client:
        for _ in range(20):
            page = await client.get(f"/r/{token}", headers={"User-Agent": "facebookexternalhit/1.1"})
            assert page.status_code == 200
        assert (await client.head(f"/r/{token}")).status_code == 200
        before = await house.store.alert(alert.alert_id)
        assert before is not None and before.goes is None and before.version == alert.version
        assert "이○자" in page.text and "매화동" in page.text
        for secret in ("이순자", "은하빌라", "2580", "인슐린"):
            assert secret not in page.text
        answer = await client.post(f"/r/{token}/accept")
        assert answer.status_code == 303
        page = await client.get(f"/r/{token}")
        assert all(known in page.text for known in ("이순자", "은하빌라", "인슐린")) and "2580" not in page.text
    after = await house.store.alert(alert.alert_id)
    assert after is not None and after.goes == CARER.responder_id


async def test_a_link_is_worth_nothing_once_its_owner_left_the_homes_list(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    token = make_token(SECRET, alert.alert_id, CARER.responder_id, clock.now() + timedelta(hours=1))
    left = [replace(home, responders=(DAUGHTER,)) if home.home_id == "h-0004" else home for home in STREET]
    await HomeStore(house.pool).save(Street(homes=tuple(left)))
    async with browser_of(house.url) as client:
        for way in ("accept", "decline"):
            assert (await client.post(f"/r/{token}/{way}")).status_code == 410
    untouched = await house.store.alert(alert.alert_id)
    assert untouched is not None and untouched.goes is None and not untouched.declined


async def test_an_old_or_forged_link_shows_nothing(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    old = make_token(SECRET, alert.alert_id, CARER.responder_id, clock.now() - timedelta(seconds=1))
    forged = make_token("another secret " * 3, alert.alert_id, CARER.responder_id, clock.now() + timedelta(hours=1))
    async with browser_of(house.url) as client:
        for token in (old, forged, "not-a-token"):
            page = await client.get(f"/r/{token}")
            assert page.status_code == 410 and "매화동" not in page.text
            assert (await client.post(f"/r/{token}/accept")).status_code == 410
    untouched = await house.store.alert(alert.alert_id)
    assert untouched is not None and untouched.goes is None


async def test_the_feed_goes_on_without_gap_or_double(house: Centre) -> None:
    async with signed_in(house.url) as client:
        page = (await client.get("/")).text
        mark = page.split('data-mark="', 1)[1].split('"', 1)[0]
        first = await house.found(a_finding("h-0001"))
        heard = await events(client, mark, lambda got: any(name == "alert" for name, _, _ in got))
        assert [data["id"] for name, _, data in heard if name == "alert"] == [first.alert_id]
        mark = next(at for name, at, _ in heard if name == "alert")
        # While nobody listens, two alerts come and one of them is closed again.
        second = await house.found(a_finding("h-0002", kind="smoke", hazard=Hazard.FIRE))
        third = await house.found(a_finding("h-0003", severity=Severity.URGENT))
        await house.apply(
            Resolve(
                alert_id=third.alert_id,
                operator=NAME,
                version=third.version,
                outcome=OutcomeCode.ACCIDENTAL_PRESS,
                resolved_by=ResolvedBy.OPERATOR,
            )
        )
        await until(lambda: has_read_all(house, client), within=30, what="the feed has read what was told")
        heard = await events(client, mark, lambda got: sum(name in ("alert", "gone") for name, _, _ in got) >= 2)
        told = [(name, data["id"]) for name, _, data in heard if name in ("alert", "gone", "reset")]
        assert sorted(told) == sorted([("alert", second.alert_id), ("gone", third.alert_id)])
        # A page that is cut between the two must be told both again.
        assert [bool(at) for name, at, _ in heard if name in ("alert", "gone")] == [False, True]
        heard = await events(client, "e1.7", lambda got: any(name == "reset" for name, _, _ in got))
        assert heard[-1][0] == "reset"


async def test_a_look_at_a_person_is_written_down_and_the_chain_is_whole(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    async with signed_in(house.url) as client:
        for _ in range(3):
            await client.get(f"/alerts/{alert.alert_id}", headers={"X-Fragment": "1"})
    lines = await ConsoleStore(house.pool).access_lines()
    assert [(line.account, line.subject, line.what) for line in lines] == [(NAME, "h-0001", "alert_opened")]
    assert first_break(lines) is None


async def test_it_stops_within_five_seconds_with_a_page_open(house: Centre) -> None:
    async with signed_in(house.url) as client:
        listening = asyncio.ensure_future(events(client, "", lambda got: False))
        async with signed_in(house.url) as other:
            await events(other, "", lambda got: any(name == "tick" for name, _, _ in got))
        assert await asyncio.to_thread(house.console.stop, 5.0) < 5.0
        assert house.console.status == 0
        await listening


async def test_a_stream_ends_with_its_session(house: Centre) -> None:
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client)}
        listening = asyncio.ensure_future(events(client, "", lambda got: False))
        async with signed_in(house.url) as other:
            await events(other, "", lambda got: any(name == "tick" for name, _, _ in got))
        await client.post("/sign-out", data=form)
        await asyncio.wait_for(listening, 14)


async def test_the_board_is_there_when_kafka_is_not(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> None:
    await with_street(postgres)
    nowhere = replace(kafka, bootstrap=f"127.0.0.1:{loopback_port()}")
    console, url = start(tmp_path, postgres, nowhere)
    try:
        async with browser_of(url) as client:
            await until(lambda: answers(client, "/sign-in"), within=20, what="the pages are served")
        async with signed_in(url) as client, pooled(postgres) as pool:
            page = (await client.get("/")).text
            mark = page.split('data-mark="', 1)[1].split('"', 1)[0]
            await AlertStore(pool).apply(Found(finding=a_finding("h-0001")))
            heard = await events(client, mark, lambda got: any(data.get("open") == 1 for _, _, data in got))
            assert heard[-1][2]["ingest_age"] is None
            assert "최말순" in (await client.get("/console/snapshot")).text
        assert await asyncio.to_thread(console.stop, 5.0) < 5.0
    finally:
        console.kill()


async def test_the_demo_asks_the_simulator_for_a_scene(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> None:
    await with_street(postgres)
    asked: list[str] = []

    async def stage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        status = b"404 Not Found" if "flood" in asked[-1] else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    simulator = await asyncio.start_server(stage, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{simulator.sockets[0].getsockname()[1]}"
    async with (
        simulator,
        centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_DEMO_CONTROL_URL=address) as house,
        signed_in(house.url) as client,
    ):
        form = {"csrf": await token_of(client)}
        assert "낙상" in (await client.get("/demo")).text
        assert (await client.post("/demo/scenes/fall", data=form)).headers["location"] == "/demo?played=fall"
        assert asked == ["POST /scenes/fall HTTP/1.1\r\n"]
        assert (await client.post("/demo/scenes/party", data=form)).status_code == 404
        assert (await client.post("/demo/scenes/fall", data={"csrf": "made up"})).status_code == 403
        nobody = await client.post("/demo/scenes/flood", data=form)
        assert nobody.status_code == 409 and "집이 없습니다" in nobody.text
        simulator.close()
        assert (await client.post("/demo/scenes/fall", data=form)).status_code == 502


async def test_the_demo_is_not_there_without_a_simulator(house: Centre) -> None:
    async with signed_in(house.url) as client:
        assert (await client.get("/demo")).status_code == 404
        assert 'href="/demo"' not in (await client.get("/")).text


async def test_a_post_larger_than_a_form_is_refused(house: Centre) -> None:
    async with browser_of(house.url) as client:
        answer = await client.post("/sign-in", data={"name": NAME, "password": "x" * 100_000})
        assert answer.status_code == 413 and "양식이 너무 큽니다" in answer.text


async def test_a_second_console_on_the_same_port_ends_by_itself(
    house: Centre, tmp_path: Path, postgres: Postgres, kafka: Kafka
) -> None:
    second, _ = start(tmp_path, postgres, kafka, DOLBOM_CONSOLE_PORT=house.url.rpartition(":")[2])
    try:
        await until(lambda: not second.alive, within=15, what="the second console has ended")
        assert second.status
        assert house.console.alive
    finally:
        second.kill()


def test_secrets_that_could_be_guessed_are_refused() -> None:
    with pytest.raises(BadSettings, match="DOLBOM_CONSOLE_SESSION_SECRET: expected at least 32 characters"):
        check(Settings())


async def has_read_all(house: Centre, client: httpx.AsyncClient) -> bool:
    """Tell whether the feed stands at the last line of all logs, or beyond it: a line may be told twice."""
    page = (await client.get("/")).text
    async with house.pool.connection() as connection:
        lines = await (await connection.execute("select alert_id from alert_log")).fetchall()
    mark = read_mark(page.split('data-mark="', 1)[1].split('"', 1)[0])
    return mark is not None and mark.offset >= len(lines) - 1


async def answers(client: httpx.AsyncClient, path: str) -> bool:
    try:
        return (await client.get(path)).status_code == 200
    except httpx.HTTPError:
        return False
