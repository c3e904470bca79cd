"""Once a day, by whichever console comes first, what is over is let go."""

from typing import Final

import psycopg
import structlog

from console.accounts.rows import Deed
from console.privacy.postgres import PrivacyStore
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool

log = structlog.get_logger()

_LOOK_EVERY_SECONDS: Final = 3600.0
#: After a start the board comes first.
_FIRST_SECONDS: Final = 300.0


async def letting_go(life: Life, pool: Pool) -> None:
    """Look each hour whether a day has passed, until the service stops."""
    await life.rest(_FIRST_SECONDS)
    while not life.stopping.is_set():
        try:
            counts = await PrivacyStore(pool).apply(Deed(by="retention", at=clock.now()), only_daily=True)
        except psycopg.OperationalError as error:
            log.warning("retention_not_applied", error=type(error).__name__)
            counts = None
        if counts is not None:
            log.info("retention_applied", **{kept.value: count for kept, count in counts.items()})
        life.turned("retention")
        await life.rest(_LOOK_EVERY_SECONDS)
