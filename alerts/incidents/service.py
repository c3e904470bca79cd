"""The loop that looks for incidents: what is lost now, what explains it, and who must hear of it."""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog

from alerts.incidents.calling import calls_of
from alerts.incidents.model import Incident, Loss, Place, Shared, sizes_of
from alerts.incidents.postgres import IncidentStore, Standing
from alerts.incidents.survey import Survey, survey
from alerts.model import Notification
from contracts import HomeId
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool

log = structlog.get_logger()

#: All homes are read for where they are.
PLACES_LAST_SECONDS: Final = 60.0


class Lookout:
    """Looks at all homes together; several workers may, and one of them writes."""

    def __init__(self, pool: Pool) -> None:
        self._store = IncidentStore(pool)
        self._homes = HomeStore(pool)
        self.places: Mapping[HomeId, Place] = {}
        self._sizes: Mapping[Shared, int] = {}
        self._read_at: float | None = None

    async def turn(self) -> bool:
        """Look once; answer whether somebody is called for what was found."""
        await self._know_the_homes()
        standing = await self._store.standing(self.places)
        if not standing.troubles and not standing.known:
            return False
        found = await self._survey(standing)
        if found == Survey():
            return False
        calls = await self._calls(standing, found)
        if not await self._store.apply(standing.known, found, calls):
            return False
        _tell(found, len(calls))
        return bool(calls)

    async def _know_the_homes(self) -> None:
        if self._read_at is not None and clock.ticks() - self._read_at < PLACES_LAST_SECONDS:
            return
        self.places = {
            home_id: Place(home_id=home_id, district=district, carrier=carrier)
            for home_id, district, carrier in await self._homes.whereabouts()
        }
        self._sizes = sizes_of(self.places.values())
        self._read_at = clock.ticks()

    async def _survey(self, standing: Standing) -> Survey:
        losses = {
            Loss(place=self.places[trouble.home_id], since=trouble.since)
            for trouble in standing.troubles
            if trouble.home_id in self.places
        }
        # Beside the loop: a whole city that falls silent must not hold up one cry.
        return await asyncio.to_thread(survey, losses, standing.known, self._sizes, standing.now)

    async def _calls(self, standing: Standing, found: Survey) -> list[Notification]:
        before = {incident.incident_id: set(incident.homes) for incident in standing.known}
        troubles = {trouble.home_id: trouble for trouble in standing.troubles}
        calls: list[Notification] = []
        for incident in (*found.opened, *found.changed):
            joined = [home for home in incident.homes if home not in before.get(incident.incident_id, ())]
            homes = await self._homes.load_many(joined) if joined else {}
            calls += calls_of(incident, homes.values(), troubles, standing.now)
        return calls


def _tell(found: Survey, calls: int) -> None:
    for event, incidents in (
        ("incident_opened", found.opened),
        ("incident_changed", found.changed),
        ("incident_over", found.over),
    ):
        for incident in incidents:
            log.info(event, **_facts(incident), calls=calls)


def _facts(incident: Incident) -> dict[str, object]:
    return {
        "incident_id": incident.incident_id,
        "cause": incident.cause,
        "key": incident.key,
        "homes": len(incident.homes),
        "version": incident.version,
    }
