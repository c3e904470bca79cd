"""A receiver of webhooks on this machine that remembers what came and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from runtime import clock


@dataclass(frozen=True, kw_only=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int
    at: float

    @property
    def key(self) -> str:
        return self.headers["idempotency-key"]

    @property
    def json(self) -> dict[str, object]:
        return msgspec.json.decode(self.body, type=dict[str, object])


@dataclass(kw_only=True)
class Receiver:
    url: str = ""
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], int | None] = lambda _: 204
    #: What it says in its answer.
    body: Callable[[Got], bytes] = lambda _: b""
    connections: int = 0

    def has(self, count: int) -> bool:
        return len(self.got) >= count

    def keys(self) -> list[str]:
        return [one.key for one in self.got]

    def paths(self) -> list[str]:
        return [one.path for one in self.got]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        number = receiver.connections
        try:
            while line := await reader.readline():
                got = await _read(line, reader, number)
                receiver.got.append(got)
                status = receiver.answer(got)
                if status is None:  # as a receiver that never answers
                    await reader.read()
                    return
                said = b"" if status == 204 else receiver.body(got)
                writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: {len(said)}\r\n\r\n".encode() + said)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield receiver
    finally:
        server.close()


async def _read(line: bytes, reader: asyncio.StreamReader, number: int) -> Got:
    headers: dict[str, str] = {}
    while field_line := (await reader.readline()).strip():
        name, _, value = field_line.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Got(path=line.decode().split()[1], headers=headers, body=body, connection=number, at=clock.ticks())
