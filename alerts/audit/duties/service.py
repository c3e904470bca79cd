"""What the auditor knows of a centre's duties; rosters and policies are read once a minute."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.routing.gaps import gaps_ahead
from alerts.shifts.hours import read_shifts, unsigned_since
from alerts.shifts.postgres import ShiftStore
from homes.planning.postgres import PlanStore
from runtime import clock
from runtime.postgres import Pool
from runtime.settings import Alerts

_EVERY_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen."""

    roster_gaps: tuple[str, ...] = ()
    shift_ended_at: datetime | None = None


class Duties:
    """Looks after a centre's rosters and shifts."""

    def __init__(self, pool: Pool, settings: Alerts) -> None:
        self._plans = PlanStore(pool)
        self._handovers = ShiftStore(pool)
        self._shifts = read_shifts(settings.shifts)
        self._last: tuple[float, Seen] | None = None

    async def seen(self, now: datetime) -> Seen:
        """Tell what is so, as seen within the last minute."""
        if self._last is None or clock.ticks() - self._last[0] > _EVERY_SECONDS:
            self._last = clock.ticks(), await self._look(now)
        return self._last[1]

    def look_again(self) -> None:
        """Read everything at the next turn."""
        self._last = None

    async def _look(self, now: datetime) -> Seen:
        found = gaps_ahead(await self._plans.rosters(), await self._plans.policies(), now)
        signed_at = await self._handovers.last_signed_at() if self._shifts else None
        return Seen(
            roster_gaps=tuple(dict.fromkeys(one.roster_id for one in found)),
            shift_ended_at=unsigned_since(self._shifts, signed_at, now),
        )
