"""B15: a handover moves the ownership of everything once, with the next operator's own password, or not at all."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from argon2 import PasswordHasher

from alerts.events import Acknowledge, Watch
from alerts.model import Alert
from alerts.reasons import Reason
from alerts.shifts.postgres import ShiftStore
from console.chain import Look
from console.postgres import ConsoleStore
from contracts import AlertState, Hazard, Severity
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import HOUR, a_finding
from tests.console.running import NAME, PASSWORD, Centre, browser_of, centre, signed_in, with_street

pytestmark = pytest.mark.door
NEXT, SECRET = "박도윤", "another-long-password-of-the-tests"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    extra = {"DOLBOM_CONSOLE_SECOND_FACTOR": "off", "DOLBOM_ALERTS_SHIFTS": "06:00,14:00,22:00"}
    async with centre(tmp_path, postgres, kafka, **extra) as running:
        await add_account(running, NEXT, SECRET, "operator")
        yield running


async def add_account(house: Centre, name: str, password: str, role: str) -> None:
    async with house.pool.connection() as connection:
        await connection.execute(
            "insert into console_account (name, password_hash, roles) values (%(name)s, %(hash)s, %(roles)s)",
            {"name": name, "hash": PasswordHasher().hash(password), "roles": [role]},
        )


async def taken(house: Centre, home: str, severity: Severity = Severity.EMERGENCY) -> Alert:
    alert = await house.found(a_finding(home, severity=severity))
    done = await house.apply(Acknowledge(alert_id=alert.alert_id, operator=NAME, version=alert.version))
    assert done.alert is not None
    return done.alert


async def prepare(client: httpx.AsyncClient, *alerts: Alert, say: str = "딸이 가는 중") -> httpx.Response:
    form = {f"say-{alert.alert_id}": say for alert in alerts}
    page = (await client.get("/shift")).text
    return await client.post("/shift/draft", data={"csrf": hidden(page, "csrf"), "note": "22:00 재통화", **form})


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no {name} on the page"
    return found[1]


async def sign(client: httpx.AsyncClient, *alerts: Alert, name: str = NEXT, password: str = SECRET) -> httpx.Response:
    page = (await client.get("/shift")).text
    form: dict[str, object] = {
        "csrf": hidden(page, "csrf"),
        "handover": hidden(page, "handover"),
        "name": name,
        "password": password,
        "confirm": [alert.alert_id for alert in alerts],
    }
    return await client.post("/shift/sign", data=form)


@asynccontextmanager
async def the_next(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(url) as client:
        answer = await client.post("/sign-in", data={"name": NEXT, "password": SECRET})
        assert answer.status_code == 303
        yield client


async def owners(house: Centre) -> dict[str, str | None]:
    return {alert.alert_id: alert.owner for alert in await house.store.open_alerts()}


async def test_b15_a_handover_moves_ownership_once(house: Centre) -> None:
    first, second = await taken(house, "h-0001"), await taken(house, "h-0002", Severity.URGENT)
    calm = await taken(house, "h-0003", Severity.CAUTION)
    watched = await taken(house, "h-0004", Severity.CAUTION)
    until = clock.now() + HOUR
    await house.apply(
        Watch(alert_id=watched.alert_id, operator=NAME, until=until, why="재통화", version=watched.version)
    )
    async with signed_in(house.url) as client, signed_in(house.url) as other, the_next(house.url) as colleague:
        assert (await prepare(client, first, second)).status_code == 303
        pages = (await client.get("/shift")).text
        assert "딸이 가는 중" in pages and "22:00 재통화" in pages and "지켜봄" in pages
        assert NAME in (await owners(house)).values(), "nothing has moved yet"
        answers = await asyncio.gather(sign(client, first, second), sign(other, first, second))
        ((signed, done),) = [
            (one, answer)
            for one, answer in zip((client, other), answers, strict=True)
            if answer.headers.get("location", "").startswith("/shift/")
        ]
        assert set((await owners(house)).values()) == {NEXT}, "everything is in one hand"
        assert (await colleague.get("/shift")).status_code == 200
        mine = await signed.get(done.headers["location"])
        assert mine.status_code == 200
        assert f"{NEXT}</a>" in mine.text.split("</header>")[0], "the workstation is the next operator's"
        paper = await signed.get(f"{done.headers['location']}.pdf")
        assert paper.content.startswith(b"%PDF") or paper.status_code == 503, "without WeasyPrint's libraries none"
    lines = [line for alert in (first, second, calm, watched) for line in await house.store.timeline(alert.alert_id)]
    assert [line.by for line in lines if line.reason is Reason.PASSED_ON] == [NEXT] * 4, "once each"
    again = await house.store.alert(watched.alert_id)
    assert again is not None and again.state is AlertState.WATCHING and again.due_at is not None
    assert abs(again.due_at - until).total_seconds() < 1, "a promise keeps its time"
    (handover,) = await ShiftStore(house.pool).signed()
    assert (handover.outgoing, handover.incoming, len(handover.passed)) == (NAME, NEXT, 4)
    looks = {line.what for line in await ConsoleStore(house.pool).access_lines()}
    assert Look.SHIFT_READ in looks


async def test_b15_nothing_moves_by_a_wrong_password_or_to_oneself_or_unconfirmed(house: Centre) -> None:
    alert = await taken(house, "h-0001")
    await add_account(house, "오기사", SECRET, "engineer")
    async with signed_in(house.url) as client:
        assert (await prepare(client, alert)).status_code == 303
        for answer, words in (
            (await sign(client, alert, password="not-the-password"), "이름이나 비밀번호가 다릅니다"),
            (await sign(client, alert, name=NAME, password=PASSWORD), "자기에게 넘길 수 없습니다"),
            (await sign(client, alert, name="오기사"), "관제를 맡을 수 없는 계정"),
            (await sign(client), "하나씩 확인하십시오"),
        ):
            assert answer.status_code == 409 and words in answer.text
        newer = await taken(house, "h-0002")
        late = await sign(client, alert, newer)
        assert late.status_code == 409 and "고쳐 써서" in late.text
        assert set((await owners(house)).values()) == {NAME}
        page = (await client.get("/shift")).text
        back = await client.post("/shift/draft", data={"csrf": hidden(page, "csrf"), "again": "1"})
        assert back.status_code == 303 and f"say-{newer.alert_id}" in (await client.get("/shift")).text


async def test_b15_each_alert_that_matters_needs_a_sentence_and_what_was_written_stays(house: Centre) -> None:
    alert, ringing = await taken(house, "h-0001"), await house.found(a_finding("h-0002"))
    mild = await house.found(a_finding("h-0003", hazard=Hazard.STILLNESS, severity=Severity.CAUTION))
    async with signed_in(house.url) as client:
        answer = await prepare(client, alert)
        assert answer.status_code == 422 and "딸이 가는 중" in answer.text and "22:00 재통화" in answer.text
        assert 'aria-invalid="true"' in answer.text and f"say-{mild.alert_id}" not in answer.text
        assert (await prepare(client, alert, ringing)).status_code == 303
        assert (await sign(client, alert)).status_code == 409, "what rings is confirmed as well"
        assert (await sign(client, alert, ringing)).status_code == 303
        assert (await owners(house))[ringing.alert_id] is None, "what was in nobody's hands still rings"


async def test_b15_a_signed_handover_is_kept_as_it_was_signed(house: Centre) -> None:
    async with signed_in(house.url) as client:
        assert (await prepare(client)).status_code == 303
        signed = await sign(client)
        assert signed.status_code == 303
        assert (await client.get("/shift/none")).status_code == 404
    async with house.pool.connection() as connection:
        for statement in ("update shift_handover set note = 'x'", "delete from shift_handover"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                await connection.execute(statement)


async def test_whoever_sees_some_districts_reads_only_the_handovers_that_they_signed(house: Centre) -> None:
    await add_account(house, "최다른", SECRET, "operator")
    first = await taken(house, "h-0001")
    async with signed_in(house.url) as client, browser_of(house.url) as other:
        await prepare(client, first)
        at = (await sign(client, first)).headers["location"]
        await other.post("/sign-in", data={"name": "최다른", "password": SECRET})
        assert (await other.get(at)).status_code == 200
        async with house.pool.connection() as connection:
            await connection.execute("update console_account set districts = '{난초동}'")
        assert [(await other.get(path)).status_code for path in (at, f"{at}.pdf")] == [404, 404]
        assert (await client.get(at)).status_code == 200, "it is the next operator's own"
