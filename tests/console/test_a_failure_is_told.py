from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.postgres import AlertStore
from console.access import Access
from console.board.postgres import Desk
from console.board.web import ROUTES
from console.live import Live
from console.postgres import ConsoleStore
from console.sessions import seal
from console.web import Doors, make_app
from deploy.embedded.children import loopback_port
from runtime.postgres import Pool
from runtime.settings import Console, Kafka, Secret, Settings
from tests.console.building import RENDERER
from tests.console.running import SECRET


async def fall_over(request: Request) -> Response:
    raise ZeroDivisionError


@asynccontextmanager
async def without_a_database() -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(console=Console(session_secret=Secret(SECRET), centre_phone="02-000-0000"))
    pool: Pool = AsyncConnectionPool(f"host=127.0.0.1 port={loopback_port()}", min_size=1, open=False, timeout=0.2)
    await pool.open()
    access, desk = Access(ConsoleStore(pool), settings.console), Desk(AlertStore(pool), pool)
    live = Live(Kafka(), desk)
    doors = Doors(settings=settings, access=access, desk=desk, live=live, renderer=RENDERER, pool=pool)
    app = make_app(doors, [Route("/static/fall", fall_over), *ROUTES])
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://board") as client:
            yield client
    finally:
        await pool.close(timeout=1)


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "데이터베이스가 응답하지 않아"), ("en", "The database does not answer")]
)
async def test_a_page_without_its_database_says_so_in_the_readers_language(language: str, said: str) -> None:
    async with without_a_database() as client:
        client.cookies.set("language", language)
        client.cookies.set("dolbom_session", seal(SECRET, "session-1"))
        answer = await client.get("/")
    assert answer.status_code == 503 and said in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    # Whom to ring up meanwhile, and a page that comes by itself, with a script and without.
    assert 'href="tel:02-000-0000"' in answer.text and 'href="tel:119"' in answer.text
    assert '<noscript><meta http-equiv="refresh"' in answer.text and "/static/away.js" in answer.text
    assert answer.headers["retry-after"] == "10"


async def test_a_press_without_the_database_is_answered_and_not_pressed_again_by_the_page() -> None:
    async with without_a_database() as client:
        client.cookies.set("dolbom_session", seal(SECRET, "session-1"))
        press = {"Sec-Fetch-Site": "same-origin"}
        page = await client.post("/alerts/claim-next", headers=press)
        bare = await client.post("/alerts/claim-next", headers={**press, "X-Script": "1"})
    assert page.status_code == bare.status_code == 503
    assert "refresh" not in page.text and "<" not in bare.text


async def test_a_failure_of_ours_carries_the_headers_too() -> None:
    async with without_a_database() as client:
        answer = await client.get("/static/fall")
    assert answer.status_code == 500 and "서버 오류로" in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_a_post_from_another_site_is_refused_in_the_readers_language() -> None:
    async with without_a_database() as client:
        answer = await client.post("/sign-in", data={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and "우리 페이지에서" in answer.text
