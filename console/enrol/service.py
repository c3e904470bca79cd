"""Deeds that were done elsewhere, at a terminal or by the keeper, reach the access log soon."""

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from console.enrol.postgres import chain_deeds
from runtime.lifecycle import Life
from runtime.postgres import Pool

log = structlog.get_logger()

_EVERY_SECONDS = 2.0


async def chain(life: Life, pool: Pool) -> None:
    """Take deeds into the access log until the console stops."""
    while not life.stopping.is_set():
        try:
            await chain_deeds(pool)
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("deeds_not_chained", error=type(error).__name__)
        life.turned("deeds")
        await life.rest(_EVERY_SECONDS)
