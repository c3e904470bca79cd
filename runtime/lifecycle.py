"""A service's life: start, probes, signals, and a stop that is bounded whatever hangs."""

import asyncio
import os
import signal
import threading
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from runtime import clock, metrics, probes
from runtime.settings import Service

log = structlog.get_logger()

#: The exit status of a stop that was cut short; a supervisor starts the service again.
CUT_SHORT = 75
#: The exit status of a broken promise.
BROKEN = 70


@dataclass(kw_only=True)
class Life:
    """The running service as its loops see it."""

    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    ready: bool = False
    reason: str = "starting"
    #: When each loop last turned, by the ticks of `clock`.
    turns: dict[str, float] = field(default_factory=dict)

    def set_ready(self, ready: bool, reason: str = "") -> None:
        """Say whether the service can do its work, and if not, why."""
        if ready != self.ready:
            log.info("readiness_changed", ready=ready, reason=reason)
        self.ready, self.reason = ready, reason
        metrics.ready.set(1 if ready else 0)

    def turned(self, loop: str) -> None:
        """Record that a loop turned, for the metric that shows the stuck ones, and for who looks after them."""
        self.turns[loop] = clock.ticks()
        metrics.loop_turned.labels(loop=loop).set(clock.now().timestamp())

    async def rest(self, seconds: float) -> None:
        """Wait, but not into the stop."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return


Loop = Callable[[Life], Awaitable[None]]


def run(service: str, settings: Service, main: Loop) -> None:
    """Run a service until it is told to stop; end the process with a status that says how it went."""
    try:
        asyncio.run(_live(settings, main))
    except Exception as error:
        # A broken promise: nothing was acknowledged that is not safe, so dying is the mend.
        for cause in _causes(error):
            log.error("service_died", service=service, error=type(cause).__name__, **_about(cause))
        os._exit(BROKEN)


def _causes(error: BaseException) -> list[BaseException]:
    """Take a group of errors apart."""
    if isinstance(error, BaseExceptionGroup):
        return [cause for one in error.exceptions for cause in _causes(one)]
    return [error]


def _about(error: BaseException) -> dict[str, object]:
    """Tell where it happened; what a library says of it may hold a person's data, what we say does not."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    if type(error).__module__.startswith("runtime."):
        return {"frames": frames, "mend": str(error)}
    return {"frames": frames}


async def _live(settings: Service, main: Loop) -> None:
    life = Life()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, life, settings.stop_seconds)
    async with probes.serving(life, settings):
        log.info("service_started", process=os.getpid())
        task = asyncio.ensure_future(main(life))
        stopping = asyncio.ensure_future(life.stopping.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        life.set_ready(False, "stopping")
        await asyncio.wait({task}, timeout=settings.stop_seconds * 0.6)
        if not task.done():
            task.cancel()
        stopping.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
    log.info("service_stopped")


def _stop(life: Life, within: float) -> None:
    log.info("stop_requested")
    life.stopping.set()
    arm(within)


def arm(within: float) -> None:
    """End the process after so many seconds, whatever its loop is doing; replay makes that safe."""
    timer = threading.Timer(within, os._exit, (CUT_SHORT,))
    timer.daemon = True
    timer.start()
