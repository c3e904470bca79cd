"""The detectors' service: Faust's app within the life that every service has."""

import asyncio
import os

from detectors.checkpoints import pause_between_chunks
from detectors.kafka import Outbox
from detectors.stream import Stream
from runtime import lifecycle
from runtime.kafka import create_topics, producing
from runtime.lifecycle import Life
from runtime.settings import Settings

#: The stream is looked at so often: for a crash inside Faust, and for a pause of the whole process.
_LOOK_SECONDS = 0.25
#: Whether records wait that nobody takes is looked at so often.
_STALL_SECONDS = 5.0


class StreamBroke(Exception):
    """Faust's app crashed; the reason is its cause."""


async def serve(life: Life, settings: Settings) -> None:
    """Detect until told to stop; raise when something breaks, because a restart from the checkpoints is the mend."""
    await create_topics(settings.kafka)
    async with producing(settings.kafka) as producer:
        outbox = Outbox(producer, settings.kafka)
        stream = Stream(settings.kafka, settings.detectors, outbox, life)
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(outbox.run())
            starting = group.create_task(stream.app.start())
            group.create_task(_roll(life, stream, pause_between_chunks(settings.detectors.checkpoint_seconds)))
            watching = group.create_task(_watch(life, stream))
            await _look(life, stream)
            await _stop(stream)
            starting.cancel()
            watching.cancel()
            sending.cancel()


async def _look(life: Life, stream: Stream) -> None:
    while not life.stopping.is_set():
        await life.rest(_LOOK_SECONDS)
        stream.tick()
        stream.measure()
        await stream.check_places()
        if stream.app.crashed:
            raise StreamBroke("Faust's app crashed") from stream.app.crash_reason


async def _watch(life: Life, stream: Stream) -> None:
    """End the process when a partition stands still: what holds it up would hold up an orderly stop as well."""
    while not life.stopping.is_set():
        await life.rest(_STALL_SECONDS)
        if await stream.stalled():
            os._exit(lifecycle.BROKEN)


async def _roll(life: Life, stream: Stream, pause: float) -> None:
    while not life.stopping.is_set():
        await life.rest(pause)
        await stream.roll_next()
        life.turned("checkpoint")


async def _stop(stream: Stream) -> None:
    await stream.save_all(within=1.5)
    await stream.app.stop()
