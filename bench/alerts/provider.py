"""A provider on this machine that takes every push and notes when the first of each case came."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec

from contracts import Hazard, HomeId
from runtime import clock

Case = tuple[HomeId, Hazard]
_TAKEN: Final = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Push(msgspec.Struct, frozen=True):
    home_ref: HomeId
    hazard: Hazard
    link: str


@dataclass(kw_only=True)
class Calls:
    """What came."""

    url: str = ""
    #: When the first push of a case came, on a clock that never steps.
    first: dict[Case, float] = field(default_factory=dict)
    keys: Counter[str] = field(default_factory=Counter)
    #: The link of each case's first push, for whoever answers it.
    fresh: asyncio.Queue[tuple[float, str]] = field(default_factory=asyncio.Queue)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pushes(self) -> int:
        """Count all pushes, those of one key once."""
        return len(self.keys)

    @property
    def doubled(self) -> int:
        """Count pushes that came once more under their key."""
        return self.keys.total() - len(self.keys)

    def take(self, key: str, body: bytes) -> None:
        """Note a push."""
        at = clock.ticks()
        push = msgspec.json.decode(body, type=_Push)
        self.keys[key] += 1
        case = (push.home_ref, push.hazard)
        if case not in self.first:
            self.first[case] = at
            self.came.set()
            self.fresh.put_nowait((at, push.link))


@asynccontextmanager
async def a_provider() -> AsyncIterator[Calls]:
    """Serve until the measurement is over."""
    calls = Calls()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = _fields(head)
                calls.take(fields["idempotency-key"], await reader.readexactly(int(fields["content-length"])))
                writer.write(_TAKEN)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the caller went, or the measurement is over
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
    calls.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/push"
    try:
        yield calls
    finally:
        server.close()


def _fields(head: bytes) -> dict[str, str]:
    parted = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:] if line]
    return {name.lower(): value.strip() for name, _, value in parted}
