"""The lines on which panels call: TCP and UDP, each bounded in how many, how long and how much."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

import structlog

from ingest.dc09 import metrics
from ingest.dc09.cutter import Cutter
from ingest.dc09.rates import Rates
from ingest.message import Malformed
from runtime import clock
from runtime.settings import Dc09

log = structlog.get_logger()

#: Who calls must show a frame of a known account, and end each frame that it began, within so long.
PROOF_SECONDS: Final = 10.0
#: A panel that does not take our answer in so long is gone.
WRITE_SECONDS: Final = 5.0
#: So many datagrams wait for Kafka at once; who sends more sends them again.
MOST_LETTERS: Final = 10_000
#: A caller without an account may send so much rubbish.
MOST_RUBBISH: Final = 16
_CHUNK: Final = 4096


class Proven(Protocol):
    """One frame that was heard, on its way to its answer."""

    @property
    def proven(self) -> bool:
        """Whether it came of a known account."""


Heard = TypeVar("Heard", bound=Proven)
#: Tells whether somebody is still there to hear the answer.
Listens = Callable[[], bool]


@dataclass(kw_only=True, slots=True)
class _Caller:
    """One connection. Mutable, one owner."""

    task: asyncio.Task[None]
    writer: asyncio.StreamWriter
    opened_at: float
    proven: bool = False
    heard_at: float = 0.0
    #: Frames are on their way to Kafka: a stop waits for them a little.
    busy: bool = False
    half_since: float | None = None
    rubbish: int = 0

    def patience(self, idle_seconds: float, now: float) -> float:
        """Tell for how long to wait for more."""
        ends = [now + idle_seconds]
        if not self.proven:
            ends.append(self.opened_at + PROOF_SECONDS)
        if self.half_since is not None:
            ends.append(self.half_since + PROOF_SECONDS)
        return max(0.0, min(ends) - now)


class Lines(Generic[Heard]):
    """Listen on both transports while it is held open."""

    def __init__(
        self,
        settings: Dc09,
        hear: Callable[[bytes | Malformed, str], Heard],
        answered: Callable[[Heard, Listens], Awaitable[bytes | None]],
    ) -> None:
        self._settings = settings
        self._hear = hear
        self._answered = answered
        self._rates = Rates(settings.frames_per_second)
        self._callers: dict[asyncio.Task[None], _Caller] = {}
        self._letters: set[asyncio.Task[None]] = set()
        self._open = AsyncExitStack()
        self._closing = False

    async def __aenter__(self) -> "Lines[Heard]":
        server = await asyncio.start_server(
            self._called, self._settings.host, self._settings.tcp_port, limit=_CHUNK * 4
        )
        self._open.callback(server.close)
        udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Letterbox(self._letter), local_addr=(self._settings.host, self._settings.udp_port)
        )
        self._open.callback(udp.close)
        log.info(
            "dc09_listening",
            tcp_port=server.sockets[0].getsockname()[1],
            udp_port=udp.get_extra_info("sockname")[1],
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()
        await _cancelled([*self._callers, *self._letters])

    async def quiet(self, within: float) -> None:
        """Hear nothing new, and answer what was heard, for a while."""
        self._closing = True
        await self._open.aclose()
        for task, caller in self._callers.items():
            if not caller.busy:
                task.cancel()
        busy = [task for task, caller in self._callers.items() if caller.busy]
        if busy or self._letters:
            await asyncio.wait([*busy, *self._letters], timeout=within)

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or not self._makes_room():
            metrics.refused_connections.inc()
            writer.transport.abort()
            return
        caller = _Caller(task=task, writer=writer, opened_at=clock.ticks())
        self._callers[task] = caller
        metrics.connections.set(len(self._callers))
        try:
            await self._talk(reader, caller, f"{(writer.get_extra_info('peername') or ('',))[0]}")
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the panel left, slept, or we stop: what it was not answered it sends again
        finally:
            self._callers.pop(task, None)
            metrics.connections.set(len(self._callers))
            if caller.busy:  # it does not take what we say
                writer.transport.abort()
            writer.close()

    def _makes_room(self) -> bool:
        """Let one give way to a newcomer, who may cry: who proved nothing yet, else whoever was quiet longest.

        A panel that gave way calls again when it has something to say; one that waits for its answer never does.
        """
        if self._closing:
            return False
        if len(self._callers) < self._settings.most_connections:
            return True
        idle = (caller for caller in self._callers.values() if not (caller.proven and caller.busy))
        idler = min(idle, key=lambda caller: (caller.proven, caller.heard_at), default=None)
        if idler is None:
            return False
        # Gone at once, or the next newcomer of this turn would choose the same one.
        del self._callers[idler.task]
        idler.task.cancel()
        return True

    async def _talk(self, reader: asyncio.StreamReader, caller: _Caller, address: str) -> None:
        cutter = Cutter()
        while caller.proven or caller.rubbish <= MOST_RUBBISH:
            async with asyncio.timeout(caller.patience(self._settings.idle_seconds, clock.ticks())):
                chunk = await reader.read(_CHUNK)
            if not chunk:
                return
            pieces = cutter.feed(chunk)
            begun = clock.ticks() if pieces or caller.half_since is None else caller.half_since
            caller.half_since = begun if cutter.waits else None
            caller.busy = True
            await self._answer(pieces, caller, lambda: not (reader.at_eof() or caller.writer.is_closing()))
            caller.busy = False
            rest = self._rates.take(address, max(1, len(pieces)), now=clock.ticks())
            if rest:
                metrics.held_back.inc()
                await asyncio.sleep(rest)

    async def _answer(self, pieces: Iterable[bytes | Malformed], caller: _Caller, listens: Listens) -> None:
        # All are on their way before the first is waited for: they share a record.
        heard = [self._hear(piece, "tcp") for piece in pieces]
        if any(each.proven for each in heard):
            caller.proven, caller.heard_at = True, clock.ticks()
        for each in heard:
            caller.rubbish += not each.proven
            if answer := await self._answered(each, listens):
                caller.writer.write(answer)
                async with asyncio.timeout(WRITE_SECONDS):
                    await caller.writer.drain()

    def _letter(self, data: bytes, transport: asyncio.DatagramTransport, address: tuple[str, int]) -> None:
        cutter = Cutter()
        # Without LF and CR around it a datagram is still one frame: its own bounds are as good.
        pieces = cutter.feed(data if data[:1] == b"\n" else b"\n" + data)
        pieces += cutter.feed(b"\r") if cutter.waits else []
        held_back = self._rates.take(address[0], max(1, len(pieces)), now=clock.ticks())
        if held_back or len(self._letters) >= MOST_LETTERS:
            metrics.held_back.inc()
            return
        for heard in [self._hear(piece, "udp") for piece in pieces]:
            task = asyncio.get_running_loop().create_task(self._answer_letter(heard, transport, address))
            self._letters.add(task)
            task.add_done_callback(self._letters.discard)

    async def _answer_letter(
        self, heard: Heard, transport: asyncio.DatagramTransport, address: tuple[str, int]
    ) -> None:
        answer = await self._answered(heard, lambda: not transport.is_closing())
        if answer and not transport.is_closing():
            transport.sendto(answer, address)


class _Letterbox(asyncio.DatagramProtocol):
    """Hand each datagram on."""

    def __init__(self, take: Callable[[bytes, asyncio.DatagramTransport, tuple[str, int]], None]) -> None:
        self._take = take
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # it is one
        """Remember where answers go."""
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Hand it on."""
        if self._transport:
            self._take(data, self._transport, address)


async def _cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    waiting = [task for task in tasks if task.cancel()]
    if waiting:
        await asyncio.wait(waiting, timeout=1)
