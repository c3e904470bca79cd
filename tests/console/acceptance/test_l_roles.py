"""L1: each role by each path, from the two tables of the code, against the running console."""

import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from console.matrix import PATHS
from console.roles import GRANTS, Act, Role
from runtime.settings import Kafka, Postgres
from tests.console.entry.people import as_one, with_account
from tests.console.running import Centre, browser_of, centre, with_street

pytestmark = [pytest.mark.door]

#: A stream has no end, and these two end the session that the others need.
_NOT_ASKED = {("GET", "/console/feed"), ("POST", "/sign-out"), ("POST", "/lock")}
_CLOSED = sorted((row, act) for row, act in PATHS.items() if act is not None and row not in _NOT_ASKED)
#: A road of its own: other systems come with a token, and nobody with a cookie.
_BY_TOKEN = "/api/v1"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def test_l1_each_role_opens_the_paths_of_its_acts_and_no_other(house: Centre) -> None:
    wrong = []
    for role in Role:
        await with_account(house.pool, f"{role}-one", role)
        async with as_one(house, f"{role}-one") as client:
            for (method, path), act in _CLOSED:
                status = await _asked(client, method, path)
                if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    wrong.append(f"{role} {method} {path}: {status}")
                if (status == HTTPStatus.FORBIDDEN) == (act in GRANTS[role]):
                    wrong.append(f"{role} {method} {path} needs {act}: {status}")
    assert not wrong, "\n".join(wrong)


async def test_l1_nobody_opens_a_closed_path_without_signing_in(house: Centre) -> None:
    async with browser_of(house.url) as client:
        for (method, path), _ in _CLOSED:
            assert await _asked(client, method, path) in (303, 401), (method, path)


def test_l1_the_table_of_the_specification_is_the_table_of_the_code() -> None:
    yes = {
        Act.BOARD_ACT: {Role.OPERATOR, Role.SENIOR, Role.SUPERVISOR},
        Act.CLOSE_FILES: {Role.SENIOR, Role.SUPERVISOR},
        Act.REVEAL: {Role.OPERATOR, Role.SENIOR, Role.SUPERVISOR, Role.ENGINEER},
        Act.HOMES_EDIT: {Role.SENIOR, Role.SUPERVISOR},
        Act.HOMES_HOLD: {Role.OPERATOR, Role.SENIOR, Role.SUPERVISOR},
        Act.DEVICES_WORK: {Role.ENGINEER},
        Act.REPORTS_READ: {Role.SENIOR, Role.SUPERVISOR, Role.AUDITOR},
        Act.AUDIT_READ: {Role.SENIOR, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN},
        Act.AUDIT_OWN: set(Role),
        Act.ACCOUNTS: {Role.ADMIN},
        Act.BREAK_GLASS: {Role.SENIOR, Role.SUPERVISOR},
    }
    for act, roles in yes.items():
        assert {role for role in Role if act in GRANTS[role]} == roles, act


async def _asked(client: httpx.AsyncClient, method: str, path: str) -> int:
    """Ask without a form: whoever may pass is then told that the form is not ours, which is not the matrix's word."""
    target = re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+\}", "x", path))
    answer = await client.request(method, target, headers={"Content-Length": "0"} if method != "GET" else {})
    if answer.status_code == HTTPStatus.FORBIDDEN and "역할" not in answer.text and not target.startswith(_BY_TOKEN):
        return HTTPStatus.BAD_REQUEST
    return answer.status_code
