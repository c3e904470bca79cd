"""`/live`, `/ready` and `/metrics` of a service, on a port of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from runtime import metrics
from runtime.settings import Service

log = structlog.get_logger()


class Readiness(Protocol):
    """What the probes ask."""

    ready: bool
    reason: str


@asynccontextmanager
async def serving(life: Readiness, settings: Service) -> AsyncIterator[int]:
    """Serve the probes while the block runs; hand out the port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                line = await reader.readline()
                while (await reader.readline()).strip():
                    pass
                writer.write(_response(line, life))
                await writer.drain()
        except (TimeoutError, OSError, ValueError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, settings.probe_host, settings.probe_port)
    port: int = server.sockets[0].getsockname()[1]
    log.info("probes_listening", port=port)
    try:
        yield port
    finally:
        server.close()


def _response(line: bytes, life: Readiness) -> bytes:
    match line.split()[1:2]:
        case [b"/live"]:
            return _http(200, b"live\n")
        case [b"/ready"]:
            return _http(200, b"ready\n") if life.ready else _http(503, f"not ready: {life.reason}\n".encode())
        case [b"/metrics"]:
            body, kind = metrics.exposition()
            return _http(200, body, kind)
        case _:
            return _http(404, b"there is /live, /ready and /metrics\n")


def _http(status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> bytes:
    word = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}[status]
    head = (
        f"HTTP/1.1 {status} {word}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
