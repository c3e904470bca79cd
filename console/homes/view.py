"""One home's page, put together from what was read of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.model import Alert
from console.homes import page
from console.homes.curve import Curve, Stillness, curve_of
from console.homes.facts import Fact, activity_fact, climate_fact, inside_fact, moved_fact
from console.homes.glimpse import Glimpse, Now
from console.homes.page import ContactRow, Head, HoldRow, PastAlert, Sight
from console.homes.raster import DAYS, Raster, look_of, raster_of
from console.homes.sensors import Health, Protection, SensorRow, protection_of, sensor_rows
from console.rows import sentence_of, why_of
from console.spans import ZONE, span
from console.strips import BIN, DayPicture
from console.words import Words
from contracts import Hazard
from homes.model import Home

#: A home that said nothing for so long is not observed now.
UNSEEN_AFTER: Final = timedelta(minutes=15)


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
class LimitCard:
    """The limit and now; the curve is None while nothing is known that it could show."""

    curve: Curve | None
    about: str
    #: What else must be known to read it.
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Insight:
    """Something that changes slowly, for whoever plans the care."""

    icon: str
    text: str
    about: str
    path: str = ""


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
    #: None: still being reckoned.
    limit: LimitCard | None
    sensors: SensorCard | None
    insights: tuple[Insight, ...]
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
    facts = facts_of(home, seen, words, now)
    sensors = sensors_of(home, seen.now, words, now) if seen.now else None
    return HomeView(
        head=page.head_of(home, alerts, held, sight, words, now),
        facts=facts,
        raster=raster,
        table=page.table_of(raster) if raster else (),
        rooms=page.rooms_of(seen.rooms, moved, words, now) if seen.rooms else None,
        rooms_read=seen.rooms is not None,
        moved=f"{facts[0].value} {facts[0].about}" if facts else "",
        limit=limit_of(home, seen, words, now),
        sensors=sensors,
        insights=insights_of(alerts, sensors, words, now),
        contacts=page.contacts_of(home, sight, words),
        past=page.history_of(seen.alerts, words, now) if seen.alerts is not None else None,
        profile=page.profile_of(home, words, seen.enrolled_at),
        holds=page.hold_rows(held, sight, words, now),
        now=now.astimezone(ZoneInfo(home.timezone)),
    )


def raster_from(home: Home, seen: Glimpse, words: Words, now: datetime) -> Raster | None:
    """Draw the four weeks; None when they could not be read."""
    if seen.days is None:
        return None
    raised = page.raised_of(seen.alerts or (), words)
    zone, days = ZoneInfo(home.timezone), seen.days
    return raster_of(days.cells, since=days.since, now=now, zone=zone, held=days.held, blind=days.blind, raised=raised)


def facts_of(home: Home, seen: Glimpse, words: Words, now: datetime) -> tuple[Fact, ...] | None:
    """Write the facts at the head of the page; None when they could not be read."""
    if seen.now is None:
        return None
    zone, days = ZoneInfo(home.timezone), seen.days
    facts = [moved_fact(home, seen.now.moved, words, now, zone)]
    if days:
        looks = [look_of(cell, days.since + BIN * n, now, days.held, days.blind) for n, cell in enumerate(days.cells)]
        facts.append(activity_fact(days.cells, looks, words, now, zone))
    chance = seen.thinking.thought.at_home if seen.thinking else None
    facts.append(inside_fact(home, chance, seen.now.heard, words, now, zone))
    return (*facts, climate_fact(home, seen.now.heard, words, now, zone))


def limit_of(home: Home, seen: Glimpse, words: Words, now: datetime) -> LimitCard | None:
    """Write the limit in force beside the stillness that lasts."""
    if seen.thinking is None:
        return None
    thought, zone = seen.thinking.thought, ZoneInfo(home.timezone)
    if thought.still_since is None:
        return LimitCard(curve=None, about="", notes=(words("home.curve.none"),))
    still = Stillness(
        since=thought.still_since,
        still_for=thought.still_for,
        opens_after=thought.opens_after,
        own_limits=thought.own_limits,
        limits=thought.limits,
        usual=thought.usual,
    )
    held = seen.days.held if seen.days else ()
    about = (
        words("home.curve.about_own", days=int(thought.days))
        if thought.own_limits
        else words("home.curve.about_common")
    )
    notes = (*_learning(home, seen, words, now), *_unseen(seen, words, now))
    return LimitCard(curve=curve_of(still, seen.thinking.moves, held, words, now, zone), about=about, notes=notes)


def _learning(home: Home, seen: Glimpse, words: Words, now: datetime) -> tuple[str, ...]:
    thought = seen.thinking.thought if seen.thinking else None
    if thought is None or thought.own_limits or thought.days >= thought.days_needed:
        return ()
    since = words("home.curve.installed", n=(now - seen.enrolled_at).days + 1) if seen.enrolled_at else ""
    plan = home.plan
    return (
        words(
            "home.curve.learning",
            since=since,
            days=int(thought.days),
            needed=int(thought.days_needed),
            caution=plan.inactivity_caution_seconds // 3600,
            urgent=plan.inactivity_urgent_seconds // 3600,
            emergency=plan.inactivity_emergency_seconds // 3600,
        ),
    )


def _unseen(seen: Glimpse, words: Words, now: datetime) -> tuple[str, ...]:
    heard = max((word.at for word in seen.now.heard), default=None) if seen.now else None
    if heard is None or now - heard < UNSEEN_AFTER:
        return ()
    return (words("home.curve.unseen", ago=span(words, now - heard)),)


def insights_of(
    alerts: Sequence[Alert], sensors: SensorCard | None, words: Words, now: datetime
) -> tuple[Insight, ...]:
    """List slow changes that were found in the last weeks, and batteries that end soon."""
    slow = (one for one in alerts if one.hazard is Hazard.DECLINE and now - one.opened_at < timedelta(days=DAYS))
    weak = (row for row in (sensors.rows if sensors else ()) if row.health is Health.BATTERY)
    return (
        *(
            Insight(
                icon="repeat",
                text=sentence_of(one, words),
                about=" · ".join(
                    part for part in (f"{one.since.astimezone(ZONE):%m.%d}", why_of(one, words, now)) if part
                ),
                path=f"/alerts/{one.alert_id}",
            )
            for one in slow
        ),
        *(
            Insight(
                icon="warning",
                text=words("home.insights.battery", room=row.room or row.id, percent=row.battery),
                about=f"{row.kind} · {row.heard}",
            )
            for row in weak
        ),
    )


def sensors_of(home: Home, stands: Now, words: Words, now: datetime) -> SensorCard:
    """Write the devices, and whether the home is protected."""
    rows = sensor_rows(home, stands.heard, words, now)
    return SensorCard(rows=rows, protection=protection_of(rows, not_protected=stands.not_protected))
