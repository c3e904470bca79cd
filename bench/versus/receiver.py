"""The telephone of everybody who is called: takes webhooks of every contestant and notes each case's."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec

from runtime import clock

#: A home and what threatens it.
Case = tuple[str, str]
_TAKEN: Final = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Alert(msgspec.Struct, frozen=True):
    status: str
    labels: dict[str, str]


class _Body(msgspec.Struct, frozen=True):
    """Our own JSON and that of whoever writes the same two fields, or Alertmanager's."""

    home_ref: str = ""
    hazard: str = ""
    alerts: tuple[_Alert, ...] = ()


@dataclass(kw_only=True)
class Receiver:
    """What came."""

    url: str = ""
    #: When the first call of a case came, on a clock that never steps.
    first: dict[Case, float] = field(default_factory=dict)
    _keys: dict[Case, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    #: When anything came last.
    latest: float = 0.0

    def doubled(self, case: Case) -> int:
        """Count what came again: the same call of who names its calls, any second call of who does not."""
        keys = self._keys.get(case, Counter())
        return keys.total() - len(keys)

    def take(self, key: str, body: bytes) -> None:
        """Note a call."""
        at = clock.ticks()
        for case in _cases(body):
            self.first.setdefault(case, at)
            self._keys[case][key] += 1
            self.latest = at


def _cases(body: bytes) -> Iterator[Case]:
    said = msgspec.json.decode(body, type=_Body)
    if said.hazard:
        yield said.home_ref, said.hazard
    for alert in said.alerts:
        if alert.status == "firing":
            yield alert.labels["home"], alert.labels["hazard"]


@asynccontextmanager
async def a_receiver() -> AsyncIterator[Receiver]:
    """Serve on loopback until the measurement is over."""
    receiver = Receiver()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = _fields(head)
                body = await reader.readexactly(int(fields.get("content-length", "0")))
                receiver.take(fields.get("idempotency-key", ""), body)
                writer.write(_TAKEN)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the caller went, or the measurement is over
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/push"
    try:
        yield receiver
    finally:
        server.close()


def _fields(head: bytes) -> dict[str, str]:
    parted = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:] if line]
    return {name.lower(): value.strip() for name, _, value in parted}
