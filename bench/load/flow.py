"""The generator as its master sees it: a process of its own that takes orders and tells what it said."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from bench.load.orders import Order, Pressed, Said
from deploy.embedded.stack import ROOT

_NOTHING = Said(said=0, acknowledged=0, refused=0, missed=0, done=False)
_told = msgspec.json.Decoder(Pressed | Said)


class GeneratorBroke(Exception):
    """The generator ended; its last words are on our own error output."""


class Flow:
    """What the generator says and has said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = _NOTHING
        #: When each home pressed, on the machine's steady clock.
        self.presses: dict[str, float] = {}
        self._done = asyncio.Event()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def order(self, per_second: float, seconds: float, *, presses_per_second: float = 0.0) -> None:
        """Let it say so much, and return when it has."""
        self._done.clear()
        order = Order(per_second=per_second, seconds=seconds, presses_per_second=presses_per_second)
        if self._process.stdin is not None:
            self._process.stdin.write(msgspec.json.encode(order) + b"\n")
            await self._process.stdin.drain()
        await self.idle(within=seconds + 60)

    async def idle(self, *, within: float) -> None:
        """Return when it has nothing to do; raise GeneratorBroke when it ended."""
        async with asyncio.timeout(within):
            await self._done.wait()
        if self._process.returncode is not None:
            raise GeneratorBroke(f"the generator ended with status {self._process.returncode}")

    async def listen(self) -> None:
        """Hear what it tells, until it ends."""
        out = self._process.stdout
        while out is not None and (line := await out.readline()):
            match _told.decode(line):
                case Pressed(home=home, at=at):
                    self.presses.setdefault(home, at)
                case Said() as said:
                    self.said = said
                    if said.done:
                        self._done.set()
        await self._process.wait()
        self._done.set()


@asynccontextmanager
async def a_flow(port: int, homes: int) -> AsyncIterator[Flow]:
    """Start the generator; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.load.generator", str(port), str(homes)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    flow = Flow(process)
    listening = asyncio.create_task(flow.listen())
    try:
        await flow.idle(within=60)
        yield flow
    finally:
        if process.returncode is None:
            process.kill()
        await listening
