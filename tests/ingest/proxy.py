"""A cable between a client and a server that a test can pull, or let go dead, and plug in again."""

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

from deploy.embedded.children import loopback_port


class Cable:
    """Forwards one port of 127.0.0.1 to another; Kafka's own address in its answers is changed to ours."""

    def __init__(self, target: int, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.port = loopback_port()
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def plug(self) -> None:
        """Let bytes flow; new connections are accepted."""
        self._do(self._plug())

    def pull(self) -> None:
        """Break every connection and refuse new ones."""
        self._do(self._pull())

    def hang(self) -> None:
        """Keep the connections and let nothing through."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _plug(self) -> None:
        self._flows.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, ssl=self._tls)

    async def _pull(self) -> None:
        if self._server:
            self._server.close()
        self._server = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _end(self) -> None:
        await self._pull()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        real, ours = (b"127.0.0.1" + port.to_bytes(4, "big") for port in (self._target, self.port))
        try:
            while data := await reader.read(1 << 16):
                await self._flows.wait()
                writer.write(data.replace(real, ours))
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@contextmanager
def a_cable(target: int, tls: ssl.SSLContext | None = None) -> Iterator[Cable]:
    cable = Cable(target, tls)
    cable.plug()
    try:
        yield cable
    finally:
        cable.close()
