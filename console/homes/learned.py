"""What the detectors make of a home, reckoned again from its history by their own rules: nothing here is a second rule.

The one module of the console that knows detectors (docs/decisions/0025): only their pure rooms, and nothing is told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts import Reading, WatchedHome
from detectors.inactivity import opens_after, still
from detectors.learned.digest import digest
from detectors.learned.fit import Targets, fit
from detectors.learned.habits import Habits, Seen, cell_at
from detectors.learned.limits import CHECKS, limits_at
from detectors.learned.slots import start_of
from detectors.learned.usual import LEAST_DAYS, known, usual_longest
from detectors.observed import SLOT, WINDOW, Slots, observed_between, slot_of
from detectors.remember import remember
from detectors.rooms import DOOR, place_of
from detectors.settle import settle
from detectors.state import HomeState
from detectors.whereabouts import expected_inside
from history.glance.words import Mark, Word

__all__ = ["REACHES_BACK", "WINDOW_SPAN", "Habits", "Thought", "doors_of", "habits_of", "think"]

#: Habits reach back so far, as the detectors' do; a day more, for the local midnight.
REACHES_BACK: Final = timedelta(days=61)
#: What is known of now is in these last hours: the window of the detectors' slots.
WINDOW_SPAN: Final = SLOT * WINDOW
#: A home is fitted from this many observed days on.
_LEAST_FITTED: Final = 4.0
#: Limits are asked for in steps of so long, by the time at which a stillness began.
STEP: Final = timedelta(minutes=15)
STEPS: Final = 96
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Thought:
    """What the detectors make of a home at a moment."""

    #: How likely the resident is at home, from 0 to 1.
    at_home: float
    #: Days that were observed, and how many it takes until the home's own limits are used.
    days: float
    days_needed: float
    own_limits: bool
    #: Since when nobody moved, how long of it was observed, and after how long of it an alert is raised; None: unknown.
    still_since: datetime | None = None
    still_for: timedelta = timedelta(0)
    opens_after: timedelta = timedelta(0)
    #: By the step of the day at which a stillness begins: its limit, and the longest that is usual from then on.
    limits: tuple[timedelta, ...] = ()
    usual: tuple[timedelta, ...] = ()


def doors_of(home: WatchedHome) -> list[str]:
    """Name the sensors at doors to the outside."""
    return [sensor.sensor_id for sensor in home.sensors if place_of(sensor) & DOOR]


def habits_of(marks: Sequence[Mark], home: WatchedHome, now: datetime) -> Habits | None:
    """Learn a home's habits night by night, as its worker did; None: it was never heard."""
    if not marks:
        return None
    zone = ZoneInfo(home.timezone)
    first, today = _local_day(marks[0].slot, zone), now.astimezone(zone).date()
    begins = slot_of(datetime.combine(first, time(), zone))
    habits = Habits(since=begins, until=begins)
    sets = _Sets(marks)
    targets = Targets(
        alarm=max(1, home.plan.inactivity_alarms_a_month), check=home.plan.inactivity_checks_a_month or CHECKS
    )
    rested = tuple((slot_of(hold.from_at), slot_of(hold.until_at)) for hold in home.holds)
    day = first
    while day < today:
        day += _DAY
        midnight = slot_of(datetime.combine(day, time(), zone))
        digest(habits, sets.until(midnight, rested), zone, midnight)
        if habits.days >= _LEAST_FITTED:
            fit(habits, targets)
    return habits


def think(
    home: WatchedHome,
    habits: Habits | None,
    recent: Sequence[Mark],
    signs: Iterable[Reading],
    heard: Sequence[Word],
    now: datetime,
) -> Thought:
    """Reckon what the detectors make of a home now; `recent` are the marks of the window, `signs` of two days."""
    state = _state_of(home, habits, recent, signs, heard)
    inside = expected_inside(state, home, now)
    days = habits.days if habits else 0.0
    own = bool(home.plan.inactivity_alarms_a_month) and known(habits)
    until = min(now, state.watermark) if state.watermark else None
    stillness = still(state, home, until) if until else None
    if until is None or stillness is None:
        return Thought(at_home=inside.probability, days=days, days_needed=LEAST_DAYS, own_limits=own)
    zone = ZoneInfo(home.timezone)
    seen = Seen(active=state.moved, doors=state.doors_moved, observed=state.slots)
    cell = cell_at(seen, slot_of(stillness.since))
    first = timedelta(seconds=home.plan.inactivity_caution_seconds)
    hours = [step * 24 / STEPS for step in range(STEPS)]
    return Thought(
        at_home=inside.probability,
        days=days,
        days_needed=LEAST_DAYS,
        own_limits=own,
        still_since=stillness.since.astimezone(zone),
        still_for=observed_between(state.slots, stillness.counted_from, until),
        opens_after=opens_after(state, home, stillness.since),
        limits=tuple(min(first, limits_at(habits, cell, hour).alarm) if own else first for hour in hours),
        usual=tuple(usual_longest(habits, hour) for hour in hours) if own and habits else (),
    )


class _Sets:
    """The marks as sets of slots; made once, and cut for each night."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._top = marks[-1].slot
        self._observed = self._bits(mark.slot for mark in marks)
        self._moved = self._bits(mark.slot for mark in marks if mark.moved)
        self._doors = self._bits(mark.slot for mark in marks if mark.door)

    def until(self, slot: int, rested: tuple[tuple[int, int], ...] = ()) -> Seen:
        """Cut the sets before a slot."""
        return Seen(
            active=self._cut(self._moved, slot - 1),
            doors=self._cut(self._doors, slot - 1),
            observed=self._cut(self._observed, slot - 1),
            rested=rested,
        )

    def _bits(self, slots: Iterable[int]) -> int:
        listed = list(slots)
        if not listed:
            return 0
        drawn = bytearray(b"0") * (self._top - listed[0] + 1)
        for slot in listed:
            drawn[slot - listed[0]] = ord("1")
        return int(drawn.decode(), 2)

    def _cut(self, bits: int, newest: int) -> Slots:
        behind = self._top - newest
        cut = (bits >> behind if behind > 0 else bits << -behind) & ((1 << WINDOW) - 1)
        return Slots(newest, cut.to_bytes((cut.bit_length() + 7) // 8, "little"))


def _state_of(
    home: WatchedHome, habits: Habits | None, recent: Sequence[Mark], signs: Iterable[Reading], heard: Sequence[Word]
) -> HomeState:
    state = HomeState()
    settle(state, home)
    for reading in signs:
        remember(state, reading)
    if recent:
        seen = _Sets(recent).until(recent[-1].slot + 1)
        state.slots, state.moved, state.doors_moved = seen.observed, seen.active, seen.doors
    for word in heard:
        known_at = state.sensor_heard.get(word.sensor_id)
        state.sensor_heard[word.sensor_id] = max(known_at, word.at) if known_at else word.at
    # The newest word of any device is the home's own time.
    state.watermark = max(state.sensor_heard.values(), default=None)
    state.habits = habits
    return state


def _local_day(slot: int, zone: ZoneInfo) -> date:
    return start_of(slot).astimezone(zone).date()
