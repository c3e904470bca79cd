"""A thread with a loop of its own: gateways and telephones go on while the campaign is busy with a fault."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

Result = TypeVar("Result")


class Aside:
    """Runs coroutines and calls beside us; what it hands back is safe to use in any thread."""

    def __init__(self, name: str) -> None:
        """Prepare; the thread runs inside the block."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def begin(self, work: Coroutine[Any, Any, Result]) -> "Future[Result]":
        """Start a coroutine there."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine there to its end."""
        return await asyncio.wrap_future(self.begin(work))

    async def call(self, function: Callable[[], Result]) -> Result:
        """Call a function there."""

        async def called() -> Result:
            return function()

        return await self.do(called())
