"""Where the made-up responder is called: a small HTTP receiver that names the alerts of which it hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from contracts import AlertId

_LARGEST_BODY: Final = 65_536
_READ_WITHIN_SECONDS: Final = 5.0
_ANSWER: Final = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_BROKEN: Final = (
    OSError,
    ValueError,
    asyncio.IncompleteReadError,
    asyncio.LimitOverrunError,
    msgspec.MsgspecError,
    TimeoutError,
)


class _Call(msgspec.Struct, frozen=True, kw_only=True):
    alert_id: AlertId


@asynccontextmanager
async def receiving(host: str, port: int) -> AsyncIterator[tuple[int, "asyncio.Queue[AlertId]"]]:
    """Listen; yield the port, and the alerts as their calls come in."""
    heard: asyncio.Queue[AlertId] = asyncio.Queue(1_000)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_READ_WITHIN_SECONDS):
                called = msgspec.json.decode(await _body(reader), type=_Call)
                writer.write(_ANSWER)
                await writer.drain()
            heard.put_nowait(called.alert_id)
        except (*_BROKEN, asyncio.QueueFull):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, host, port, limit=_LARGEST_BODY)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), 0)
    if not 0 < length <= _LARGEST_BODY:
        raise ValueError("expected a short body")
    return await reader.readexactly(length)
