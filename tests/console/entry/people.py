"""Accounts of every role in a running console, and codes as their telephones show them."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
import pyotp
from argon2 import PasswordHasher

from console.accounts.postgres import AccountStore
from console.accounts.rows import Deed
from console.chain import AccessLine
from console.postgres import ConsoleStore
from console.roles import Role
from runtime import clock
from runtime.postgres import Pool
from tests.console.running import PASSWORD, Centre, browser_of

#: Hashing costs a tenth of a second and 64 MB: once is enough for all.
_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


async def with_account(pool: Pool, name: str, *roles: Role, districts: Iterable[str] = ()) -> None:
    deed = Deed(by="tests", at=clock.now())
    assert await AccountStore(pool).add(name, _HASH, roles, districts, deed) is None


@asynccontextmanager
async def as_one(house: Centre, name: str) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(house.url) as client:
        answer = await client.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield client


async def csrf_of(client: httpx.AsyncClient, path: str = "/account") -> str:
    answer = await client.get(path)
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)
    assert found, (answer.status_code, answer.text[:300])
    return found[1]


async def step_up(client: httpx.AsyncClient) -> None:
    answer = await client.post("/step-up", data={"csrf": await csrf_of(client), "code": PASSWORD})
    assert answer.status_code == 303, answer.text


async def lines_of(pool: Pool, what: str) -> list[AccessLine]:
    return [line for line in await ConsoleStore(pool).access_lines() if line.what == what]


async def enrolled(client: httpx.AsyncClient) -> tuple[str, list[str], str]:
    """Enrol a telephone as somebody does who has just given their password: secret, codes for paper, first code."""
    page = (await client.get("/second-factor/enrol")).text
    secret = _one(r'id="secret">([^<]+)<', page).replace(" ", "")
    data = {"csrf": _one(r'name="csrf" value="([^"]+)"', page), "sealed": _one(r'name="sealed" value="([^"]+)"', page)}
    code = code_at(secret, clock.now())
    done = await client.post("/second-factor/enrol", data={**data, "code": code})
    assert done.status_code == 200, done.text
    return secret, re.findall(r"<li><code>([^<]+)</code>", done.text), code


def code_at(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, (pattern, text[:400])
    return found[1]
