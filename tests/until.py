"""Wait for a fact, bounded, instead of for a while."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable


async def until(
    predicate: Callable[[], object | Awaitable[object]],
    within: float = 10.0,
    what: str = "the fact that the test waits for",
) -> None:
    """Return once the predicate is true; fail, saying what was awaited, after the bound."""
    deadline = time.monotonic() + within
    while True:
        outcome = predicate()
        if inspect.isawaitable(outcome):
            outcome = await outcome
        if outcome:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within:g} s")
        await asyncio.sleep(0.02)
