"""How many gaps of the rosters lie ahead: what the board says of them."""

from datetime import datetime

from alerts.routing.gaps import gaps_ahead
from homes.planning.postgres import PlanStore
from runtime.postgres import Pool


async def gaps_soon(pool: Pool, now: datetime) -> int:
    """Count the gaps of the next 24 hours that nobody meant, in rosters that a policy calls."""
    store = PlanStore(pool)
    return len(gaps_ahead(await store.rosters(), await store.policies(), now))
