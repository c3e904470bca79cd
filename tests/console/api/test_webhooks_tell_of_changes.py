"""Other systems are told of every change: signed, in order, again until they take it, and never inside our network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import msgspec
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.events import Acknowledge, Note
from alerts.signing import verify
from console.api.giving.access import give, take
from console.api.giving.forms import Unfit, Wish
from console.api.scopes import Scope
from console.api.shapes import EventOut
from console.api.table import ROOT
from console.api.webhooks.addresses import fault_of, is_public, wait_after
from console.api.webhooks.postgres import Webhooks
from console.service import Server
from deploy.embedded.children import loopback_port
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.console.api.asking import Api
from tests.console.building import a_finding
from tests.console.running import Centre, browser_of, centre, with_street
from tests.until import until

INSIDE = {"DOLBOM_CONSOLE_WEBHOOKS_INSIDE": "yes"}


@dataclass(kw_only=True)
class Receiver:
    """Another system: what came, in order, and what it answers."""

    url: str
    status: int = 200
    came: list[tuple[EventOut, dict[str, str], bytes]] = field(default_factory=list)

    async def hear(self, request: Request) -> Response:
        body = await request.body()
        event = msgspec.json.decode(body, type=EventOut)
        self.came.append((event, dict(request.headers), body))
        return Response(status_code=self.status)

    @property
    def ids(self) -> list[str]:
        return [event.id for event, _, _ in self.came]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    port = loopback_port()
    receiver = Receiver(url=f"http://127.0.0.1:{port}/changes")
    app = Starlette(routes=[Route("/changes", receiver.hear, methods=["POST"])])
    server = Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    task = asyncio.ensure_future(server.serve())
    try:
        await until(lambda: server.started, within=10, what="the receiver listens")
        yield receiver
    finally:
        server.should_exit = True
        await task


async def token_of(postgres: Postgres) -> str:
    wish = Wish(token_id="hears", name="듣는 시스템", scopes=[*Scope], per_minute=6000)
    async with pooled(postgres) as pool:
        given = await give(pool, wish, by="tests", now=clock.now())
    assert not isinstance(given, Unfit)
    return given


async def subscribe(house: Centre, token: str, url: str, **asked: object) -> tuple[str, str]:
    async with browser_of(house.url) as client:
        headers = {"Authorization": f"Bearer {token}"}
        got = await client.post(f"{ROOT}/webhooks", json={"url": url, **asked}, headers=headers)
        assert got.status_code == 201, got.text
        return got.json()["webhook"]["webhook_id"], got.json()["signing_key"]


@pytest.mark.door
async def test_changes_survive_a_kill_and_a_system_that_is_away_and_come_under_one_id(
    tmp_path: Path, postgres: Postgres, kafka: Kafka
) -> None:
    await with_street(postgres)
    token = await token_of(postgres)
    async with receiving() as receiver:
        async with centre(tmp_path, postgres, kafka, **INSIDE) as house:
            _, key = await subscribe(house, token, receiver.url)
            receiver.status = 503
            alert = await house.found(a_finding("h-0003"))
            await until(lambda: receiver.came, within=30, what="the first try")
            # Killed with the change in hand: it was told, and nobody took it.
            house.console.kill()
            await house.apply(Note(alert_id=alert.alert_id, operator="김지현", text="전화함"))
        receiver.status = 200
        async with centre(tmp_path, postgres, kafka, **INSIDE) as house:
            now = await house.store.alert(alert.alert_id)
            assert now is not None
            last = f"{alert.alert_id}-{now.version}"
            await until(lambda: last in receiver.ids, within=60, what="the last change")
    taken = list(dict.fromkeys(receiver.ids))
    assert taken == [f"{alert.alert_id}-{version}" for version in range(1, now.version + 1)]
    event, headers, body = receiver.came[-1]
    assert headers["idempotency-key"] == event.id and event.change is not None
    assert verify(
        key, body, timestamp=headers["dolbom-timestamp"], signature=headers["dolbom-signature"], now=clock.now()
    )
    assert "전화함".encode() not in body
    log = (tmp_path / "console.log").read_text()
    assert token not in log and token.split("_", 2)[2] not in log and key not in log


@pytest.mark.door
async def test_a_repeat_is_given_the_same_key_and_no_table_holds_it(house: Api) -> None:
    asked, once = {"url": "https://example.org/changes"}, {"Idempotency-Key": "one"}
    async with house.client() as client:
        first = await client.post(f"{ROOT}/webhooks", json=asked, headers=once)
        again = await client.post(f"{ROOT}/webhooks", json=asked, headers=once)
    assert first.status_code == again.status_code == 201 and again.headers["idempotent-replay"] == "true"
    assert first.json() == again.json() and first.json()["signing_key"].startswith("whk_")
    async with house.pool.connection() as connection:
        (row,) = await (await connection.execute("select convert_from(body, 'utf8') from api_answer")).fetchall()
    assert "wh-" in f"{row[0]}" and "whk_" not in f"{row[0]}"


@pytest.mark.door
async def test_only_what_was_asked_for_is_told_and_what_ended_is_told_nothing(
    tmp_path: Path, postgres: Postgres, kafka: Kafka
) -> None:
    await with_street(postgres)
    token = await token_of(postgres)
    async with (
        receiving() as receiver,
        centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_WEBHOOKS_INSIDE="yes") as house,
    ):
        kept, _ = await subscribe(house, token, receiver.url, changes=["acknowledged"])
        ended, _ = await subscribe(house, token, receiver.url)
        async with browser_of(house.url) as client:
            client.headers["Authorization"] = f"Bearer {token}"
            tried = await client.post(f"{ROOT}/webhooks/{kept}/test")
            assert tried.json() == {"taken": True, "status": 200}
            assert receiver.came.pop()[0].kind == "test"
            assert (await client.delete(f"{ROOT}/webhooks/{ended}")).status_code == 204
            assert (await client.delete(f"{ROOT}/webhooks/{ended}")).status_code == 404
            alert = await house.found(a_finding("h-0003"))
            await house.apply(Acknowledge(alert_id=alert.alert_id, operator="김지현", version=alert.version))
            await until(lambda: receiver.came, within=30, what="the acknowledgement")
            listed = (await client.get(f"{ROOT}/webhooks")).json()["items"]
            assert [one["webhook_id"] for one in listed] == [kept]
        assert {event.webhook_id for event, _, _ in receiver.came} == {kept}
        assert {event.change.change for event, _, _ in receiver.came if event.change} == {"acknowledged"}
        # One that says that it is gone is told nothing any more.
        receiver.status = 410
        other = await house.found(a_finding("h-0001"))
        await house.apply(Acknowledge(alert_id=other.alert_id, operator="김지현", version=other.version))

        async def off() -> bool:
            return any(one.off_because == "gone" for one in await Webhooks(house.pool).of("hears"))

        await until(off, within=30, what="it is switched off")


@pytest.mark.door
async def test_a_system_is_told_of_its_districts_and_of_nobody_that_we_made_up(house: Api) -> None:
    await house.give("one-dong", districts=["매화동"])
    await house.give("is-taken")
    store = Webhooks(house.pool)
    for token_id in ("one-dong", "is-taken", "everything"):
        made = await store.add(
            webhook_id=f"wh-{token_id}", token_id=token_id, url="https://x.example", changes=(), severities=(), most=1
        )
        assert made is not None
    more = await store.add(
        webhook_id="wh-more", token_id="everything", url="https://x.example", changes=(), severities=(), most=1
    )
    assert more is None
    assert await take(house.pool, "is-taken", by="tests", now=clock.now())
    mine, other = await house.found(a_finding("h-0003")), await house.found(a_finding("h-0001"))
    await house.found(a_finding("synthetic-1"))

    async def told(token_id: str) -> set[str]:
        return {one.event_id.split("-")[0] for one in await store.waiting(f"wh-{token_id}")}

    assert await told("one-dong") == {mine.alert_id}
    assert await told("everything") == {mine.alert_id, other.alert_id}
    assert await told("is-taken") == set()
    await store.end_with_tokens()
    assert {one.webhook_id for one in await store.claim()} == {"wh-one-dong", "wh-everything"}
    assert [one.off_because for one in await store.of("is-taken")] == ["token_over"]
    # In hand now: another worker leaves them alone until the lease runs out.
    assert await store.claim() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.0.1]/x",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://exa mple.com/",
        "ftp://example.com/",
        "https:///nowhere",
        "https://[oops/",
        "https://example.com:99999/",
    ],
)
def test_a_webhook_leads_out_into_the_world_only(url: str) -> None:
    assert fault_of(url, inside=False)


def test_a_webhook_may_lead_inside_where_a_setting_says_so() -> None:
    assert not fault_of("http://127.0.0.1:8080/x", inside=True)
    assert not fault_of("https://example.com/x?y=1", inside=False)


@pytest.mark.parametrize("address", ["64:ff9b::a00:1", "2002:a00:1::", "fe80::1", "fc00::1", "0.0.0.0", "100.64.0.1"])
def test_no_spelling_of_a_private_address_is_public(address: str) -> None:
    assert not is_public(ip_address(address))
    assert is_public(ip_address("1.1.1.1")) and is_public(ip_address("2606:4700::1111"))


def test_a_system_that_is_away_is_asked_less_and_less_often() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 9)]
    assert waits == sorted(waits) and waits[0] == 1 and waits[-1] == 900
