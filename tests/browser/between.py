"""What lies between a board and its server: a relay that can lead nowhere, or let everything vanish."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

_NO_UPSTREAM = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 11\r\nConnection: close\r\n\r\nno upstream"


class Way(StrEnum):
    """How the relay treats what comes."""

    OPEN = "open"
    #: What stands before the server has lost it: whoever asks is answered 503 by it.
    REFUSED = "refused"
    #: Nothing is closed, and nothing arrives: a cable that was pulled.
    DEAD = "dead"


@dataclass(kw_only=True)
class Between:
    """A relay on the loopback, between a browser and one server."""

    server_port: int
    port: int = 0
    way: Way = Way.OPEN
    refused: int = 0
    #: Connections of before that still stand.
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Say where the browser finds it."""
        return f"http://127.0.0.1:{self.port}"

    def turn(self, way: Way) -> None:
        """Go another way from now on. What a dead line has swallowed never comes, and its connections are gone."""
        if way is not Way.DEAD:
            for writer in self._open:
                writer.close()
        self.way = way

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lead one connection."""
        self._open.add(writer)
        try:
            if self.way is Way.REFUSED:
                await reader.readuntil(b"\r\n\r\n")
                self.refused += 1
                writer.write(_NO_UPSTREAM)
                await writer.drain()
                return
            await self._led(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self._open.discard(writer)
            writer.close()

    async def _led(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            await asyncio.wait(
                [
                    asyncio.ensure_future(self._carried(reader, back)),
                    asyncio.ensure_future(self._carried(there, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            back.close()

    async def _carried(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65536):
            if self.way is Way.DEAD:
                continue
            writer.write(part)
            await writer.drain()


@asynccontextmanager
async def between(url: str) -> AsyncIterator[Between]:
    """Stand before the server at this address."""
    relay = Between(server_port=int(url.rpartition(":")[2]))
    serving = await asyncio.start_server(relay.met, "127.0.0.1", 0)
    relay.port = serving.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        serving.close()
        relay.turn(Way.OPEN)
