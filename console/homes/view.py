"""One home's page, put together from what was read of it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.homes import page
from console.homes.facts import Fact, activity_fact, climate_fact, moved_fact
from console.homes.glimpse import Days, Glimpse, Now
from console.homes.page import ContactRow, Head, HoldRow, PastAlert, Sight
from console.homes.raster import Raster, look_of, raster_of
from console.homes.sensors import Protection, SensorRow, protection_of, sensor_rows
from console.strips import BIN, DayPicture
from console.words import Words
from homes.model import Home


@dataclass(frozen=True, kw_only=True)
class SensorCard:
    """The devices, and how far they protect."""

    rows: tuple[SensorRow, ...]
    protection: Protection

    @property
    def good(self) -> int:
        """Count those that nobody must look after."""
        return sum(not row.bad for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class HomeView:
    """The page; a card that could not be read is None."""

    head: Head
    facts: tuple[Fact, ...] | None
    raster: Raster | None
    table: tuple[tuple[str, ...], ...]
    rooms: DayPicture | None
    rooms_read: bool
    moved: str
    sensors: SensorCard | None
    contacts: tuple[ContactRow, ...]
    past: tuple[PastAlert, ...] | None
    profile: tuple[tuple[str, str], ...]
    holds: tuple[HoldRow, ...]
    #: Dates and weekdays are those of the home's own clock.
    now: datetime


def view_of(home: Home, seen: Glimpse, sight: Sight, words: Words, now: datetime) -> HomeView:
    """Write the page."""
    alerts, held = seen.alerts or (), seen.days.held if seen.days else ()
    raster = raster_from(home, seen, words, now)
    moved = seen.now.moved[0] if seen.now and seen.now.moved else None
    facts = facts_of(home, seen.days, seen.now, words, now) if seen.now else None
    return HomeView(
        head=page.head_of(home, alerts, held, sight, words, now),
        facts=facts,
        raster=raster,
        table=page.table_of(raster) if raster else (),
        rooms=page.rooms_of(seen.rooms, moved, words, now) if seen.rooms else None,
        rooms_read=seen.rooms is not None,
        moved=f"{facts[0].value} {facts[0].about}" if facts else "",
        sensors=sensors_of(home, seen.now, words, now) if seen.now else None,
        contacts=page.contacts_of(home, sight, words),
        past=page.history_of(seen.alerts, words, now) if seen.alerts is not None else None,
        profile=page.profile_of(home, words, seen.enrolled_at),
        holds=page.hold_rows(held, words, now),
        now=now.astimezone(ZoneInfo(home.timezone)),
    )


def raster_from(home: Home, seen: Glimpse, words: Words, now: datetime) -> Raster | None:
    """Draw the four weeks; None when they could not be read."""
    if seen.days is None:
        return None
    raised = page.raised_of(seen.alerts or (), words)
    zone, days = ZoneInfo(home.timezone), seen.days
    return raster_of(days.cells, since=days.since, now=now, zone=zone, held=days.held, raised=raised)


def facts_of(home: Home, days: Days | None, stands: Now, words: Words, now: datetime) -> tuple[Fact, ...]:
    """Write the facts at the head of the page."""
    zone = ZoneInfo(home.timezone)
    facts = [moved_fact(home, stands.moved, words, now, zone)]
    if days:
        looks = [look_of(cell, days.since + BIN * n, now, days.held, ()) for n, cell in enumerate(days.cells)]
        facts.append(activity_fact(days.cells, looks, words, now, zone))
    return (*facts, climate_fact(home, stands.heard, words, now, zone))


def sensors_of(home: Home, stands: Now, words: Words, now: datetime) -> SensorCard:
    """Write the devices, and whether the home is protected."""
    rows = sensor_rows(home, stands.heard, words, now)
    return SensorCard(rows=rows, protection=protection_of(rows, not_protected=stands.not_protected))
