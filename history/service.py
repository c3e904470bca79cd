"""The history service: follow the log, and keep the days in order."""

import asyncio
from typing import Final

import psycopg
import structlog

from history.recording.kafka import Follower
from history.recording.postgres import Writer
from runtime.kafka import consuming, create_topics
from runtime.lifecycle import Life
from runtime.postgres import migrate, pooled
from runtime.settings import Settings

log = structlog.get_logger()

_KEEP_EVERY_SECONDS: Final = 3600.0
_KEEP_AGAIN_SECONDS: Final = 10.0


async def serve(life: Life, settings: Settings) -> None:
    """Record until the service stops."""
    mode = await migrate(settings.postgres)
    await create_topics(settings.kafka)
    log.info("storage_mode_known", mode=mode)
    async with pooled(settings.postgres) as pool, consuming(settings.kafka, group=None) as consumer:
        writer = Writer(pool)
        # Before anything is recorded: a reading of a day that is not ready goes to the default partition.
        await writer.keep()
        follower = Follower(consumer, writer, kafka=settings.kafka, settings=settings.history)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_keep(life, writer))
            tasks.create_task(follower.follow(life))


async def _keep(life: Life, writer: Writer) -> None:
    """Make days ready ahead of time, and forget the oldest."""
    pause = _KEEP_EVERY_SECONDS
    while not life.stopping.is_set():
        await life.rest(pause)
        try:
            await writer.keep()
        except psycopg.OperationalError as error:
            log.warning("days_not_kept", error=type(error).__name__)
            pause = _KEEP_AGAIN_SECONDS
        else:
            life.turned("keep")
            pause = _KEEP_EVERY_SECONDS
