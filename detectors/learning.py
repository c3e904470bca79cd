"""Learn a home's limits: every night, when its own clock says so; and tell the limits in force for a stillness."""

from datetime import datetime, time, timedelta
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

from contracts import WatchedHome
from detectors.learned.digest import digest
from detectors.learned.fit import Targets, fit
from detectors.learned.habits import HOURS, Habits, Seen, cell_at
from detectors.learned.limits import CHECKS, Limits, least_by_hour, limits_at
from detectors.learned.slots import hour_of
from detectors.learned.usual import known, usual_longest
from detectors.observed import slot_of
from detectors.state import HomeState

#: Homes are not all fitted in the same second: within so long after midnight, each at a time of its own.
_SPREAD: Final = timedelta(hours=3)
#: Less than this teaches nothing that would be used: the limits of a stranger are in force.
_LEAST_DAYS: Final = 4.0
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


def learn(state: HomeState, home: WatchedHome, now: datetime) -> None:
    """Digest the days that are over and fit the limits to them; at first, only note from when on to learn."""
    zone = ZoneInfo(home.timezone)
    midnight = slot_of(datetime.combine(now.astimezone(zone).date(), time(), zone))
    if state.habits is None:
        state.habits = Habits(since=midnight, until=midnight)
    elif midnight > state.habits.until:
        rested = tuple((slot_of(hold.from_at), slot_of(hold.until_at)) for hold in home.holds)
        seen = Seen(active=state.moved, doors=state.doors_moved, observed=state.slots, rested=rested)
        digest(state.habits, seen, zone, midnight)
        if state.habits.days >= _LEAST_DAYS:
            fit(state.habits, _targets(home))
    state.learns_at = _next(home, now, zone)


def limits_of(state: HomeState, home: WatchedHome, since: datetime) -> Limits:
    """Tell the limits of a stillness that began at a moment."""
    slot = slot_of(since)
    seen = Seen(active=state.moved, doors=state.doors_moved, observed=state.slots)
    return limits_at(state.habits, cell_at(seen, slot), hour_of(slot, ZoneInfo(home.timezone)))


def learned(state: HomeState, home: WatchedHome) -> bool:
    """Tell whether alarms come by the home's own limits: it was seen for a week, and its plan wants them."""
    return bool(home.plan.inactivity_alarms_a_month) and known(state.habits)


def longest_of(state: HomeState, home: WatchedHome, since: datetime) -> timedelta | None:
    """Tell the longest silence that is usual from such an hour on; None while too little is known."""
    if state.habits is None or not known(state.habits):
        return None
    return usual_longest(state.habits, hour_of(slot_of(since), ZoneInfo(home.timezone)))


def soonest(state: HomeState, home: WatchedHome, *, check: bool) -> timedelta:
    """Tell after how long the limit may be reached at the soonest, whatever moves until then."""
    if state.active is None:
        return timedelta(0)
    zone, begins = ZoneInfo(home.timezone), state.active.at
    local = begins.astimezone(zone)
    at = local.hour + local.minute / 60 + local.second / 3600
    place = int(at + HOURS - 0.5)
    least = least_by_hour(state.habits, check=check)
    # Between two hours the limits run straight: the soonest end is that of a silence that begins at one of them.
    hours = ((place + ahead + 0.5 - HOURS - at) * 3600 + least[(place + ahead) % HOURS] for ahead in range(HOURS + 1))
    shifted = (begins + _DAY).astimezone(zone).utcoffset() != local.utcoffset()
    return max(timedelta(0), timedelta(seconds=min(hours)) - (_HOUR if shifted else timedelta(0)))


def _targets(home: WatchedHome) -> Targets:
    plan = home.plan
    return Targets(alarm=max(1, plan.inactivity_alarms_a_month), check=plan.inactivity_checks_a_month or CHECKS)


def _next(home: WatchedHome, now: datetime, zone: ZoneInfo) -> datetime:
    """Tell when this home learns next: after the first midnight to come, at a time of its own."""
    tomorrow = datetime.combine(now.astimezone(zone).date() + _DAY, time(), zone)
    return tomorrow.astimezone(now.tzinfo) + timedelta(seconds=crc32(home.home_id.encode()) % _SPREAD.seconds)
