"""Our connections beneath httpx: they do what httpx's own do, and say it in its words."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from deploy.embedded.children import loopback_port
from runtime import requests


@dataclass
class Heard:
    url: str = ""
    connections: int = 0
    requests: list[str] = field(default_factory=list)


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[Heard]:
    """A server that says the same to everybody; None: it takes the request and says nothing."""
    heard = Heard()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
                heard.requests.append((head + body).decode())
                if answer is not None:
                    writer.write(answer)
                    await writer.drain()
                    if b"Connection: close" in answer:
                        return
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a%20b?c=%2Fd"
    try:
        yield heard
    finally:
        server.close()


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\nok"


@pytest.fixture(params=["ours", "httpx's own"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    made = requests.client() if request.param == "ours" else httpx.AsyncClient(trust_env=False)
    async with made as client:
        yield client


async def test_a_post_arrives_as_it_was_written_and_its_answer_is_read(either: httpx.AsyncClient) -> None:
    async with answering(FINE) as heard:
        answer = await either.post(heard.url, content=b"{}", headers={"Idempotency-Key": "k-1", "User-Agent": "us"})
        head = heard.requests[0].lower()
    assert (answer.status_code, answer.content, answer.headers.get_list("x-twice")) == (200, b"ok", ["1", "2"])
    assert head.startswith("post /a%20b?c=%2fd http/1.1") and head.endswith("{}")
    assert head.count("user-agent: us") == head.count("idempotency-key: k-1") == head.count("content-length: 2") == 1
    assert head.count("host: ") == 1


async def test_a_connection_is_used_again(either: httpx.AsyncClient) -> None:
    async with answering(FINE) as heard:
        for _ in range(5):
            await either.post(heard.url, content=b"x")
        assert (heard.connections, len(heard.requests)) == (1, 5)


async def test_no_cookie_is_kept_and_nobody_is_sent_elsewhere() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n"
    async with answering(moved) as heard, httpx.AsyncClient(transport=requests.Connections()) as client:
        assert (await client.get(heard.url)).status_code == 302
        assert "cookie" not in heard.requests[0].lower()


async def test_what_is_packed_is_unpacked_once(either: httpx.AsyncClient) -> None:
    packed = gzip.compress(b"spoken" * 50)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    async with answering(head + packed) as heard:
        assert (await either.get(heard.url)).content == b"spoken" * 50


async def test_where_nobody_listens_is_no_connection(either: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.ConnectError):
        await either.post(f"http://127.0.0.1:{loopback_port()}/", content=b"x")


async def test_an_answer_that_does_not_come_is_a_timeout(either: httpx.AsyncClient) -> None:
    async with answering(None) as heard:
        with pytest.raises(httpx.ReadTimeout):
            await either.post(heard.url, content=b"x", timeout=0.2)


@pytest.mark.parametrize("rubbish", [b"220 mail.example ESMTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n"])
async def test_rubbish_for_an_answer_is_an_error_of_httpx(either: httpx.AsyncClient, rubbish: bytes) -> None:
    async with answering(rubbish + b"Connection: close\r\n\r\n") as heard:
        if b"HTTP" in rubbish:
            assert (await either.get(heard.url)).status_code == 200
            return
        with pytest.raises(httpx.HTTPError):
            await either.get(heard.url)


async def test_a_body_that_is_cut_off_is_an_error_of_httpx(either: httpx.AsyncClient) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf") as heard:
        with pytest.raises(httpx.HTTPError):
            await either.get(heard.url)


@pytest.mark.parametrize("address", ["gopher://127.0.0.1/", "http://", "nowhere"])
async def test_an_address_that_is_none_is_said_as_httpx_says_it(either: httpx.AsyncClient, address: str) -> None:
    with pytest.raises((httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)):
        await either.post(address, content=b"x")


async def test_an_answer_that_is_left_unread_does_not_harm_the_next(either: httpx.AsyncClient) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000) as heard:
        for _ in range(3):
            async with either.stream("POST", heard.url, content=b"y") as answer:
                assert answer.status_code == 200
        assert len(heard.requests) == 3
