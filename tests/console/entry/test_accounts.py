import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.accounts.postgres import AccountStore
from console.accounts.rows import Deed, Refused, described, unusable
from console.roles import Role
from deploy.embedded.stack import ROOT
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.running import environ_of
from tests.console.building import a_finding
from tests.console.entry.people import as_one, csrf_of, lines_of, step_up, with_account
from tests.console.running import NAME, PASSWORD, Centre, browser_of, centre, signed_in, with_street


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "roles", "districts", "why"),
    [
        ("박도윤", ["operator"], [], None),
        ("박도윤", ["operator"], ["매화동"], None),
        ("박도윤", [], [], Refused.NO_ROLE),
        ("박도윤", ["king"], [], Refused.UNKNOWN_ROLE),
        ("박도윤", ["operator"], ["nowhere"], Refused.UNKNOWN_DISTRICT),
        ("", ["operator"], [], Refused.NAME_UNUSABLE),
        (" 박", ["operator"], [], Refused.NAME_UNUSABLE),
        ("박\n도윤", ["operator"], [], Refused.NAME_UNUSABLE),
    ],
)
def test_an_account_has_a_name_a_role_and_districts_that_exist(
    name: str, roles: list[str], districts: list[str], why: Refused | None
) -> None:
    assert unusable(name, roles, districts, {"매화동"}) is why
    assert described(["senior", "admin"], []) == "admin senior @ *"


@pytest.mark.door
async def test_the_last_administrator_stays(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        store, deed = AccountStore(pool), Deed(by="tests", at=clock.now())
        await with_account(pool, "one", Role.ADMIN)
        assert await store.set_roles("one", ["operator"], [], deed) is Refused.LAST_ADMIN
        assert await store.end("one", deed) is Refused.LAST_ADMIN
        await with_account(pool, "two", Role.ADMIN)
        assert await store.end("one", deed) is None
        assert await store.end("one", deed) is Refused.NO_SUCH_ACCOUNT
        assert await store.end("two", deed) is Refused.LAST_ADMIN
        assert await store.add("one", "hash", ["operator"], [], deed) is Refused.NAME_TAKEN
        assert [line.subject for line in await lines_of(pool, "account_ended")] == ["one"]


@pytest.mark.door
async def test_an_administrator_changes_roles_after_a_step_up_and_they_hold_at_once(house: Centre) -> None:
    await with_account(house.pool, "박도윤", Role.OPERATOR)
    async with signed_in(house.url) as admin, as_one(house, "박도윤") as other:
        data = {"csrf": await csrf_of(admin), "name": "박도윤", "role": ["engineer"], "district": ["산들동"]}
        led = await admin.post("/admin/roles", data=data)
        assert led.headers["location"] == "/step-up?next=/admin"
        assert (await other.get("/")).status_code == 200
        await step_up(admin)
        assert (await admin.post("/admin/roles", data=data)).status_code == 303
        assert (await other.get("/")).status_code == 403
        refused = await admin.post("/admin/add", data={**data, "name": "새 사람", "password": "password1234"})
        assert refused.status_code == 422 and "흔히" in refused.text
        added = await admin.post("/admin/add", data={**data, "name": "새 사람", "password": "고요한 바다에 뜬 배 하나"})
        assert added.status_code == 303 and "새 사람" in (await admin.get("/admin")).text
        assert (await admin.post("/admin/end", data={**data, "name": "박도윤"})).status_code == 303
        assert (await other.get("/account")).status_code == 303
    line = (await lines_of(house.pool, "roles_changed"))[-1]
    assert (line.account, line.subject, line.task) == (NAME, "박도윤", "engineer @ 산들동")


@pytest.mark.door
async def test_a_terminal_makes_an_account_whose_password_is_shown_once(house: Centre, postgres: Postgres) -> None:
    environ = {**environ_of(postgres, Kafka()), "COLUMNS": "200"}

    def run(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "console", "accounts", *words]
        done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    status, said = run("add", "야간관제", "--role", "operator", "--generate")
    assert status == 0, said
    password = next(line.rsplit(" ", 1)[1] for line in said.splitlines() if "password" in line)
    async with browser_of(house.url) as client:
        answer = await client.post("/sign-in", data={"name": "야간관제", "password": password})
        assert answer.status_code == 303
        assert run("roles", "야간관제", "--role", "auditor", "--district", "nowhere")[0] == 1
        assert run("end", "야간관제")[0] == 0
        assert (await client.get("/account")).status_code == 303
    assert run("end", NAME)[0] == 1 and "야간관제" in run("list")[1]
    assert {line.account.split()[0] for line in await lines_of(house.pool, "account_added")} == {"terminal"}


@pytest.mark.door
async def test_an_operator_cannot_sign_out_holding_an_emergency(house: Centre) -> None:
    from_detector = await house.found(a_finding("h-0001"))
    async with signed_in(house.url) as client:
        csrf = await csrf_of(client)
        await client.post(
            f"/alerts/{from_detector.alert_id}/ack", data={"csrf": csrf, "version": from_detector.version}
        )
        refused = await client.post("/sign-out", data={"csrf": csrf})
        assert refused.status_code == 409 and "최말순" in refused.text
        assert (await client.get("/account")).status_code == 200


@pytest.mark.door
async def test_a_new_password_ends_the_other_sessions(house: Centre) -> None:
    async with signed_in(house.url) as here, signed_in(house.url) as there:
        csrf = await csrf_of(here)
        for data, status in (
            ({"new": "too short", "password": PASSWORD}, 422),
            ({"new": "고요한 바다에 뜬 배 하나", "password": "not mine"}, 422),
            ({"new": "고요한 바다에 뜬 배 하나", "password": PASSWORD}, 303),
        ):
            assert (await here.post("/account/password", data={"csrf": csrf, **data})).status_code == status
        assert (await here.get("/account")).status_code == 200
        assert (await there.get("/account")).status_code == 303
