"""A service of the tests' own, run by `python -m tests.runtime.a_service MANNER`."""

import asyncio
import os
import sys
import threading

from runtime import lifecycle, logs, settings
from runtime.lifecycle import Life
from runtime.postgres import SchemaDiffers


async def polite(life: Life) -> None:
    life.set_ready(True)
    while not life.stopping.is_set():
        life.turned("polite")
        await life.rest(0.05)


async def unready(life: Life) -> None:
    life.set_ready(False, "Kafka is away")
    life.reason = "Kafka is away"
    await life.stopping.wait()


async def deaf(life: Life) -> None:
    """Do not look at the wish to stop."""
    life.set_ready(True)
    await asyncio.Event().wait()


async def stubborn(life: Life) -> None:
    """Refuse to be cancelled, as a client with a dead broker does."""
    life.set_ready(True)
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue


async def blocked(life: Life) -> None:
    """Block the whole loop once the wish to stop has come."""
    life.set_ready(True)
    await life.stopping.wait()
    threading.Event().wait(3600)


async def broken(life: Life) -> None:
    raise ValueError("DETAIL: Failing row contains (h-0001, Hong Gildong)")


async def unfit(life: Life) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_refused())


async def _refused() -> None:
    raise SchemaDiffers("add a new file instead")


async def done(life: Life) -> None:
    """End by itself."""


MANNERS = {manner.__name__: manner for manner in (polite, unready, deaf, stubborn, blocked, broken, unfit, done)}

if __name__ == "__main__":
    logs.configure("a_service")
    lifecycle.run("a_service", settings.load(os.environ).service, MANNERS[sys.argv[1]])
