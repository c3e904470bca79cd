"""What the board is made of, read from the stores of alerts, homes and history."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

import psycopg
import structlog
from psycopg.rows import class_row, scalar_row

from alerts.events import ByAPerson, Event
from alerts.floods.postgres import flood_now
from alerts.handover.postgres import HandOvers
from alerts.incidents.model import Incident
from alerts.incidents.postgres import IncidentStore
from alerts.model import Alert, LogLine
from alerts.postgres import AlertStore
from alerts.transition import Transition
from alerts.unfinished.postgres import UnfinishedStore
from console.board.offering.offer import Offer
from console.board.offering.postgres import Offers
from console.feed import Stand, stands_in
from console.incidents.cards import Cards, cards_of, counted_in, mark_of, seen_in
from console.pages import Calm
from console.people import with_rosters
from console.presence.postgres import Presence
from console.rows import Entry
from console.strips import Cell
from console.viewing.postgres import Viewing
from console.words import Words
from contracts import AlertId, HomeId, ResponderId, is_synthetic
from history.postgres import HistoryStore
from homes.model import Home, Responder
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool

log = structlog.get_logger()

_STANDS = """
    select a.alert_id, a.version, coalesce(h.district_id, '') as district_id
    from alert a left join home h on h.home_id = a.home_id
    where a.state <> 'resolved' and not starts_with(a.home_id, 'synthetic-')
"""
# The synthetic alarm runs the real path: that one was opened lately shows that cries arrive.
_CALM = """
    select max(opened_at) filter (where not starts_with(home_id, 'synthetic-')) as last,
        max(opened_at) filter (where starts_with(home_id, 'synthetic-')) as tried
    from alert where opened_at > now() - interval '30 days'
"""
_NOTIFIER = """
    select coalesce(extract(epoch from clock_timestamp() - min(due_at)), 0)::float as age
    from notification where state = 'queued' and due_at <= clock_timestamp()
"""
#: All homes are read for one number.
COUNT_LASTS_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A row of an open alert."""

    alert_id: AlertId
    version: int
    district_id: str


class Desk:
    """Everything that an operator works with."""

    def __init__(self, alerts: AlertStore, pool: Pool) -> None:
        self._alerts = alerts
        self._pool = pool
        self._homes = HomeStore(pool)
        self._history = HistoryStore(pool)
        self._incidents = IncidentStore(pool)
        self._presence = Presence(pool)
        self._unfinished = UnfinishedStore(pool)
        self._watched = 0
        self._counted_at: float | None = None

    async def apply(self, event: Event) -> Transition:
        """Let something happen to an alert."""
        return await self._alerts.apply(event)

    async def apply_in_turn(self, events: Sequence[ByAPerson]) -> list[Transition]:
        """Let everything happen that one press means, or what comes before the first refusal, at once."""
        return await self._alerts.apply_in_turn(events)

    async def open(self, districts: Set[str], now: datetime) -> list[Entry]:
        """Read all open alerts of these districts with their homes and days; no districts means all."""
        return await self._with_homes(await self.waiting(districts), now)

    async def stands(self) -> dict[AlertId, Stand]:
        """Read which alerts are open, how far each has come, and in which district."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Standing))
            await cursor.execute(_STANDS)
            return {one.alert_id: Stand(one.version, one.district_id) async for one in cursor}

    async def waiting(self, districts: Set[str]) -> list[Alert]:
        """Read the open alerts of these districts alone, without their homes."""
        stands = await self.stands()
        return [one for one in await self._alerts.open_alerts() if stands_in(_district(stands, one), districts)]

    async def folded(self) -> frozenset[HomeId]:
        """Name the homes whose losses stand in an incident."""
        return frozenset(home for incident in await self._incidents.open() for home in incident.homes)

    async def entries(self, ids: Sequence[AlertId], now: datetime) -> list[Entry]:
        """Read these alerts as they are now, resolved ones too."""
        found = [await self._alerts.alert(alert_id) for alert_id in ids]
        shown = [alert for alert in found if alert and not is_synthetic(alert.home_id)]
        return await self._with_homes(shown, now)

    async def entry(self, alert_id: AlertId, now: datetime) -> Entry | None:
        """Read one alert."""
        return next(iter(await self.entries([alert_id], now)), None)

    async def on_roster(self, responder_id: ResponderId) -> Responder | None:
        """Load a responder whom a roster names."""
        return next((one for one in await self._homes.on_rosters() if one.responder_id == responder_id), None)

    async def days_of(self, ids: Collection[str], districts: Set[str], now: datetime) -> list[Entry]:
        """Read the days of these open alerts, without their homes, as far as they lie in these districts."""
        stands = await self.stands()
        shown = {one for one in ids if (at := stands.get(AlertId(one))) and stands_in(at.district_id, districts)}
        alerts = [alert for alert in await self._alerts.open_alerts() if alert.alert_id in shown]
        days = await self._days(sorted({alert.home_id for alert in alerts}), now)
        return [Entry(alert=alert, cells=days.get(alert.home_id, ())) for alert in alerts]

    async def opened_per_minute(self) -> list[int]:
        """Count the alerts opened in each of the last ten minutes."""
        return await self._alerts.opened_per_minute()

    async def incidents(self) -> list[Incident]:
        """Read the open incidents."""
        return await self._incidents.open()

    async def not_protected(self) -> dict[str, int]:
        """Count the homes that are not protected now, district by district."""
        return await self._alerts.not_protected_by_district()

    async def on_duty(self) -> tuple[str, ...]:
        """Name the operators who are at a console now."""
        return await self._presence.on_duty()

    async def flooded(self) -> bool:
        """Tell whether more comes in than those on duty can look at."""
        async with self._pool.connection() as connection:
            return await flood_now(connection) is not None

    async def centres(self) -> tuple[str, ...]:
        """Name the other centres that can be handed a case by wire."""
        return tuple(one.name for one in await HandOvers(self._pool).centres())

    async def to_follow_up(self) -> int:
        """Count what must be followed up."""
        return await self._unfinished.count_due()

    async def viewing(self) -> dict[AlertId, tuple[str, ...]]:
        """Name who has which alert before them."""
        return await Viewing(self._pool).all()

    async def notifier_age(self) -> float:
        """Tell for how many seconds the call that waits longest is overdue."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            return float(await (await cursor.execute(_NOTIFIER)).fetchone() or 0)

    async def offers(self) -> tuple[Offer, ...]:
        """Read which cases are on their way between operators."""
        return await Offers(self._pool).lately()

    async def calm(self) -> Calm:
        """Tell when the last case was opened, and how long ago the service tried itself."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Calm))
            await cursor.execute(_CALM)
            return await cursor.fetchone() or Calm(last=None, tried=None)

    async def cards(self, districts: frozenset[str], words: Words, now: datetime) -> Cards:
        """Read the open incidents as a board of these districts shows them; no districts means all."""
        incidents = await self._incidents.open()
        some = [home for incident in incidents for home in (incident.homes if districts else incident.homes[:1])]
        homes = await self._homes.load_many(some)
        mark, counted = mark_of(incidents), counted_in(await self.not_protected(), districts)
        if districts:
            incidents = seen_in(incidents, homes, districts)
        return replace(cards_of(incidents, homes, counted, words, now), mark=mark)

    async def timeline(self, alert_id: AlertId) -> list[LogLine]:
        """Read an alert's log, oldest first."""
        return list(await self._alerts.timeline(alert_id))

    async def home(self, home_id: HomeId) -> Home | None:
        """Read one home."""
        return await self._homes.load(home_id)

    async def homes_watched(self) -> int:
        """Count the homes in service, as it was a minute ago at most."""
        if self._counted_at is None or clock.ticks() - self._counted_at > COUNT_LASTS_SECONDS:
            self._watched = sum(home.watched for home in await self._homes.all_watched())
            self._counted_at = clock.ticks()
        return self._watched

    async def rooms(self, home_id: HomeId, now: datetime) -> Mapping[str, Sequence[Cell]]:
        """Read the last 24 hours of a home by room; empty when history cannot be read."""
        try:
            return await self._history.by_room(home_id, until=now)
        except psycopg.Error as error:
            log.warning("day_not_read", error=type(error).__name__)
            return {}

    async def last_heard(self, home_id: HomeId) -> datetime | None:
        """Tell when a home was last heard."""
        try:
            return (await self._history.last_heard([home_id])).get(home_id)
        except psycopg.Error as error:
            log.warning("last_heard_not_read", error=type(error).__name__)
            return None

    async def _with_homes(self, alerts: Sequence[Alert], now: datetime) -> list[Entry]:
        ids = sorted({alert.home_id for alert in alerts})
        homes = await self._homes.load_many(ids)
        days = await self._days(ids, now)
        on_duty, rostered = (await self._homes.duties())(now), await self._homes.on_rosters()
        return [
            Entry(
                alert=alert,
                home=with_rosters(home, alert, on_duty, rostered) if (home := homes.get(alert.home_id)) else None,
                cells=days.get(alert.home_id, ()),
            )
            for alert in alerts
        ]

    async def _days(self, ids: Sequence[HomeId], now: datetime) -> Mapping[HomeId, Sequence[Cell]]:
        # A cry must be shown even when the picture beside it cannot be drawn.
        try:
            return await self._history.activity(ids, until=now)
        except psycopg.Error as error:
            log.warning("days_not_read", error=type(error).__name__)
            return {}


def _district(stands: Mapping[AlertId, Stand], alert: Alert) -> str:
    stand = stands.get(alert.alert_id)
    # Closed or opened between the two reads: the feed tells of it, and says whose it is.
    return stand.district_id if stand else "?"
